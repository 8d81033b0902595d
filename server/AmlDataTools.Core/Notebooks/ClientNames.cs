using AmlDataTools.Core.Notebooks.Code;

namespace AmlDataTools.Core.Notebooks;

/// <summary>The names of a document's clients of Azure ML, and which of them are registries'. What the code does not say is not guessed.</summary>
internal sealed class ClientNames
{
    private readonly Dictionary<string, CodeClient> _byName = new(StringComparer.Ordinal);

    /// <summary>No names.</summary>
    public static ClientNames None { get; } = new();

    /// <summary>Those of a document; a name given to several things is one that only running the code tells.</summary>
    /// <param name="clients">The clients made in it.</param>
    public static ClientNames Of(IEnumerable<CodeClient> clients)
    {
        var names = new ClientNames();
        foreach (var client in clients)
        {
            names._byName[client.Name] = names._byName.TryGetValue(client.Name, out var other) && other != client ? client with { Registry = null, IsKnown = false } : client;
        }

        return names;
    }

    /// <summary>References as they are meant: in the registry whose client is asked, and none of a client that is not known.</summary>
    /// <param name="references">As they were read.</param>
    public IReadOnlyList<CodeReference> Resolve(IReadOnlyList<CodeReference> references)
        => !references.Any(reference => reference.Client is not null) ? references
            : [.. references.Select(Resolve).Where(reference => reference is not null).OfType<CodeReference>()];

    /// <summary>Whether others are the same.</summary>
    /// <param name="other">The others.</param>
    public bool Equals(ClientNames other)
        => _byName.Count == other._byName.Count && _byName.All(pair => other._byName.TryGetValue(pair.Key, out var same) && same == pair.Value);

    private CodeReference? Resolve(CodeReference reference)
        => reference.Client is not { } name ? reference
            : !_byName.TryGetValue(name, out var client) ? reference with { Client = null }
            : client.IsKnown ? reference with { Client = null, Asset = reference.Asset with { Registry = client.Registry } }
            : null;
}
