using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace AmlDataTools.Emulator.Access;

/// <summary>The people of the tenant and their roles.</summary>
internal sealed class PeopleDirectory
{
    /// <summary>The first person: the owner of the sample workspace.</summary>
    public static Person Ada { get; } = new("11111111-1111-1111-1111-111111111111", "Ada Example", "ada@example.com", "1003200000000001");

    /// <summary>A second person.</summary>
    public static Person Ben { get; } = new("11111111-1111-1111-1111-111111111112", "Ben Example", "ben@example.com", "1003200000000002");

    /// <summary>A third person.</summary>
    public static Person Chloe { get; } = new("11111111-1111-1111-1111-111111111113", "Chloe Example", "chloe@example.com", "1003200000000003");

    private readonly ConcurrentDictionary<string, (WorkspaceRole Workspace, StorageRole Storage)> _roles = new();
    private readonly ConcurrentDictionary<string, RegistryRole> _registryRoles = new();

    private ImmutableList<Person> _people = [Ada, Ben, Chloe];

    /// <summary>Everybody.</summary>
    public IReadOnlyList<Person> People => _people;

    /// <summary>Takes somebody in; once is enough.</summary>
    public void Add(Person person) => ImmutableInterlocked.Update(ref _people, known => known.Contains(person) ? known : known.Add(person));

    /// <summary>Someone by object id, sign-in name or display name, without case; null when unknown.</summary>
    public Person? Find(string who) => People.FirstOrDefault(p =>
        string.Equals(p.ObjectId, who, StringComparison.OrdinalIgnoreCase)
        || string.Equals(p.Upn, who, StringComparison.OrdinalIgnoreCase)
        || string.Equals(p.Name, who, StringComparison.OrdinalIgnoreCase));

    /// <summary>The roles of someone; full ones unless set.</summary>
    public (WorkspaceRole Workspace, StorageRole Storage) Roles(Person person) =>
        _roles.TryGetValue(person.ObjectId, out var roles) ? roles : (WorkspaceRole.Contributor, StorageRole.Contributor);

    /// <summary>The role of someone in registries; the full one unless set.</summary>
    public RegistryRole RegistryRole(Person person) => _registryRoles.GetValueOrDefault(person.ObjectId, Access.RegistryRole.Reader);

    /// <summary>Sets the role of someone in registries.</summary>
    public void SetRegistryRole(Person person, RegistryRole role) => _registryRoles[person.ObjectId] = role;

    /// <summary>Sets the roles of someone.</summary>
    public void SetRoles(Person person, WorkspaceRole workspace, StorageRole storage) => _roles[person.ObjectId] = (workspace, storage);
}
