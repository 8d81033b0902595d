using System.Text.Json.Nodes;
using AmlDataTools.Core.Changes;
using AmlDataTools.Core.Changes.Execution;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Tests.Names;
using AmlDataTools.Core.Tests.Transfer;
using AmlDataTools.Core.Transfer;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmlDataTools.Core.Tests.Changes.Execution;

/// <summary>Plans by hand, carried out against a world in memory.</summary>
internal sealed class ChangeHarness : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ChangeHarness(FakeWorld? world = null)
    {
        World = world ?? new FakeWorld();
        Store = new OperationStore(Path.Combine(_folder.Root, "storage"));
        Store.Prepare();
        Service = NewService();
    }

    public FakeWorld World { get; }

    public OperationStore Store { get; }

    public OperationsService Service { get; private set; }

    public string Root => _folder.Root;

    public static ChangeSettings Settings { get; } = new()
    {
        Parallel = 2,
        BatchSize = 4,
        FirstDelay = TimeSpan.FromMilliseconds(1),
        LongestDelay = TimeSpan.FromMilliseconds(5),
        Attempts = 3,
        VerifyFor = TimeSpan.FromMilliseconds(50),
        Patience = TimeSpan.FromSeconds(5),
    };

    public async Task<OperationsService> RestartAsync()
    {
        await Service.DisposeAsync();
        return Service = NewService();
    }

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        _folder.Dispose();
    }

    public static ChangeItem Record(string name, ChangeAction action = ChangeAction.Delete, int stage = 1, ResourceKind kind = ResourceKind.Run) =>
        new(0, stage, action, new ResourceRecord("s0", kind, name, null, null), null, name, Ticked: true)
        {
            Seen = new SeenRecord("\"1\"", null, action == ChangeAction.Restore, "Completed", FakeWorld.Born, null),
        };

    /// <summary>A plan of records and of folders with what the world has in them now.</summary>
    public string Plan(OperationVerb verb, IReadOnlyList<ChangeItem> records, IReadOnlyList<(string Folder, long? After)> data, ChangeChoices? choices = null, string? nameToType = null)
    {
        using var draft = Store.DraftChange();
        foreach (var record in records)
        {
            draft.Add(record);
        }

        foreach (var (folder, after) in data)
        {
            var offset = draft.BlobPosition;
            var blobs = World.Blobs.Where(b => b.Key.StartsWith(folder, StringComparison.Ordinal)).ToList();
            foreach (var (name, blob) in blobs)
            {
                draft.Add(new PlannedBlob(name, blob.ETag, blob.Length, null, null));
            }

            var owner = after is { } a ? records[(int)a].Record : null;
            draft.Add(new ChangeItem(0, 9, ChangeAction.DeleteData, owner, new DataPlace("s0", folder, World.Hierarchical), folder, Ticked: true)
            {
                After = after is { } index ? [index] : [],
                Parent = after,
                Blobs = blobs.Count,
                Bytes = blobs.Sum(b => b.Value.Length),
                Manifest = new ManifestPart(offset, blobs.Count),
            });
        }

        draft.Finish(new OperationPlan(
            draft.Id, verb, "Change | <things>", 1, "Ada", "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w", draft.Count, 0, [], ["Something stays."], new Dictionary<string, SourceInfo> { ["s0"] = new("s", "g", "w", "t", "store") }, null, false)
        {
            Change = choices ?? ChangeChoices.Default,
            NameToType = nameToType,
        });
        return draft.Id;
    }

    public async Task<OperationView> StartAsync(string id, params long[] toggled)
    {
        var review = Service.Review(id, toggled);
        await Service.StartAsync(id, review.ConfirmationText ?? "confirmed", null, toggled, CancellationToken.None);
        return await EndAsync(id);
    }

    public async Task<OperationView> ResumeAsync(string id)
    {
        await Service.ResumeAsync(id, CancellationToken.None);
        return await EndAsync(id);
    }

    public async Task<OperationView> EndAsync(string id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        OperationView view;
        while (!(view = Service.List().Single(v => v.Plan.Id == id)).Status.IsFinished || view.Owner == OperationOwner.This)
        {
            await Task.Delay(5, patience.Token);
        }

        return view;
    }

    /// <summary>The receipt, whose numbers must agree whatever happened.</summary>
    public JsonObject Receipt(string id)
    {
        var receipt = JsonNode.Parse(File.ReadAllText(Store.ReceiptOf(id).Json)) as JsonObject ?? [];
        var totals = receipt["totals"];
        Assert.Equal((long?)totals?["found"], (long?)totals?["done"] + (long?)totals?["skipped"] + (long?)totals?["failed"]);
        Assert.Equal((long?)totals?["found"], receipt["items"]?.AsArray().Count);
        return receipt;
    }

    public JsonNode Item(string id, int at) => Receipt(id)["items"]?[at] ?? throw new InvalidOperationException("The receipt has no such item.");

    public OperationsService NewService() => new(
        Store, new ExecutionFactory(Store, new FakeBlobs(), new TransferSettings(), World, Settings, TimeProvider.System, NullLogger.Instance), TimeProvider.System, NullLogger.Instance);
}
