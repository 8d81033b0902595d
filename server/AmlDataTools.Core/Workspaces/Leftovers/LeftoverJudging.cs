using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;

namespace AmlDataTools.Core.Workspaces.Leftovers;

/// <summary>What is known so far of the resources of a group.</summary>
internal sealed class LeftoverJudging(LeftoverScan scan, string group, IReadOnlyList<ListedDependent> candidates, CancellationToken stop)
{
    private const int Named = 3;

    private readonly Dictionary<ListedDependent, LeftoverProof> _proofs = [];
    private readonly HashSet<ListedDependent> _blocked = [];
    private readonly Dictionary<ListedDependent, List<string>> _cautions = [];
    private readonly List<string> _unread = [];

    /// <summary>What was read of the subscription.</summary>
    public LeftoverScan Scan => scan;

    /// <summary>The group.</summary>
    public string Group => group;

    /// <summary>Its resources that nothing seen uses.</summary>
    public IReadOnlyList<ListedDependent> Candidates => candidates;

    /// <summary>Stops reading.</summary>
    public CancellationToken Stop => stop;

    /// <summary>How many requests it took so far.</summary>
    public int Requests { get; set; }

    /// <summary>Why a resource is taken for a leftover; null when it is not.</summary>
    public LeftoverProof? ProofOf(ListedDependent candidate) => _blocked.Contains(candidate) ? null : _proofs.GetValueOrDefault(candidate);

    /// <summary>Adds a proof, if it is the first or better than the one before.</summary>
    public void Add(ListedDependent candidate, LeftoverProof proof)
    {
        if (!_proofs.TryGetValue(candidate, out var known) || (proof.IsCertain && !known.IsCertain))
        {
            _proofs[candidate] = proof;
        }
    }

    /// <summary>It is not to be offered, whatever else is said of it.</summary>
    public void Block(ListedDependent candidate) => _blocked.Add(candidate);

    /// <summary>Notes what could not be read: a part of a sentence.</summary>
    public void NotRead(string what)
    {
        if (!_unread.Contains(what))
        {
            _unread.Add(what);
        }
    }

    /// <summary>Whether a workspace that is said to need a resource is gone. If it is there, the resource is not offered.</summary>
    public async Task<bool> IsGoneAsync(WorkspaceRef workspace, ListedDependent candidate)
    {
        Requests++;
        switch (await scan.PresenceAsync(workspace, stop).ConfigureAwait(false))
        {
            case WorkspacePresence.Gone:
                return true;
            case WorkspacePresence.There:
                Block(candidate);
                return false;
            default:
                Block(candidate);
                NotRead($"whether the workspace {workspace.Name} is gone");
                return false;
        }
    }

    /// <summary>Takes into account which containers a storage account has.</summary>
    public void Weigh(ListedDependent account, AccountContainers? containers)
    {
        if (containers is null)
        {
            if (_proofs.ContainsKey(account))
            {
                Caution(account, "Its containers could not be listed, so whether other data is in it is not known.");
            }
            else
            {
                NotRead("the containers of some storage accounts");
            }

            return;
        }

        if (containers.WorkspaceIds.Concat(containers.ProjectIds).Any(scan.Uses.WorkspaceIds.Contains))
        {
            Block(account);
            return;
        }

        if (scan.IsOwnRead && containers is { WorkspaceIds: [var id, ..], ProjectIds: [] })
        {
            var more = containers.WorkspaceIds.Count > 1 ? $", and {containers.WorkspaceIds.Count - 1:N0} more such" : string.Empty;
            Add(account, new LeftoverProof(
                false, $"Likely: its container azureml-blobstore-{id} is the default store of a workspace whose id none of the workspaces that you may see has{more}.",
                new WorkspaceRef(scan.SubscriptionId, account.Ref.ResourceGroup, id, scan.TenantId)));
        }

        if (containers.ProjectIds.Count > 0)
        {
            Caution(account, $"It has containers as projects of hubs or of Foundry have ({string.Join(", ", containers.ProjectIds.Take(Named))}): whether those projects are gone cannot be told from here.");
        }

        if (containers.Others.Count > 0)
        {
            Caution(account, $"It has containers that Azure ML did not make: {string.Join(", ", containers.Others.Take(Named))}{(containers.Others.Count > Named ? $" and {containers.Others.Count - Named:N0} more" : string.Empty)}.");
        }
    }

    /// <summary>What was found.</summary>
    public LeftoverGroup Result()
    {
        var items = new List<Leftover>();
        foreach (var candidate in candidates)
        {
            if (ProofOf(candidate) is { } proof)
            {
                items.Add(new Leftover(candidate, proof, _cautions.GetValueOrDefault(candidate) ?? []));
            }
        }

        return new LeftoverGroup(group, items, _unread) { Requests = Requests };
    }

    private void Caution(ListedDependent candidate, string words)
    {
        if (!_cautions.TryGetValue(candidate, out var list))
        {
            _cautions[candidate] = list = [];
        }

        list.Add(words);
    }
}
