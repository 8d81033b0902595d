using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm.Dependents;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Storage;

namespace AmlDataTools.Core.Explorer;

/// <summary>
/// Node ids: what a node stands for, written compactly, so that ids need no memory and outlive the process. The form is
/// base64url of: version, kind, fields, check byte. A field is a tag (absent, text, GUID) with its bytes.
/// </summary>
public static class NodeTargets
{
    private const byte Version = 1;

    // Blob paths have up to 1024 characters, of up to 4 bytes; a notice holds its parent's id.
    private const int MaxFieldBytes = 16 * 1024;
    private const int MaxIdLength = 32 * 1024;

    private const string RegistryMark = "registries/";

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private enum Kind : byte
    {
        Subscription = 1,
        Workspace,
        Experiments,
        Experiment,
        Run,
        RunFiles,
        NamedOutputs,
        NamedOutput,
        ChildRuns,
        Folder,
        File,
        Notice,
        ResourceGroup,
        Resource,

        // Above what else may come.
        Registries = 30,
        Registry,
        Leftovers,
        LeftoverGroup,
        Leftover,
    }

    private enum Tag : byte
    {
        Absent,
        Text,
        Guid,
    }

    /// <summary>The id of a node that stands for this.</summary>
    /// <param name="target">What it stands for.</param>
    /// <exception cref="ArgumentException">A field is empty where it must not be, too long, or no valid Unicode.</exception>
    public static string Format(NodeTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var (kind, fields) = Take(target);
        var buffer = new MemoryStream(256);
        buffer.WriteByte(Version);
        buffer.WriteByte((byte)kind);
        foreach (var field in fields)
        {
            WriteField(buffer, field);
        }

        buffer.WriteByte(Check(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
        if (Make(kind, fields) is null)
        {
            throw new ArgumentException("A node cannot stand for something without a name.", nameof(target));
        }

        return Base64Url.EncodeToString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    /// <summary>What a node stands for.</summary>
    /// <param name="nodeId">Its id.</param>
    /// <exception cref="ProblemException"><c>explorer.badNodeId</c>: it is no id of a node.</exception>
    public static NodeTarget Parse(string nodeId)
        => TryParse(nodeId, out var target) ? target : throw new ProblemException(
            "explorer.badNodeId", "This entry is not known to this version. Refresh the view and try again.")
        {
            Actions = [ProblemAction.Retry],
        };

    /// <summary>What a node stands for; false when the text is no id of a node.</summary>
    /// <param name="nodeId">Its id.</param>
    /// <param name="target">What it stands for.</param>
    public static bool TryParse(string? nodeId, [NotNullWhen(true)] out NodeTarget? target)
    {
        target = null;
        if (string.IsNullOrEmpty(nodeId) || nodeId.Length > MaxIdLength || !Base64Url.IsValid(nodeId))
        {
            return false;
        }

        var bytes = Base64Url.DecodeFromChars(nodeId);
        if (bytes.Length < 3 || bytes[0] != Version || Check(bytes.AsSpan(0, bytes.Length - 1)) != bytes[^1] || !Enum.IsDefined((Kind)bytes[1]))
        {
            return false;
        }

        var rest = new ReadOnlySpan<byte>(bytes, 2, bytes.Length - 3);
        var fields = new List<string?>();
        while (!rest.IsEmpty)
        {
            if (!TryReadField(ref rest, out var field))
            {
                return false;
            }

            fields.Add(field);
        }

        target = Make((Kind)bytes[1], fields);

        // One target, one id: the client compares ids.
        if (target is not null && Format(target) != nodeId)
        {
            target = null;
        }

        return target is not null;
    }

    private static (Kind Kind, IReadOnlyList<string?> Fields) Take(NodeTarget target) => target switch
    {
        SubscriptionTarget it => (Kind.Subscription, [it.SubscriptionId, it.TenantId]),
        WorkspaceTarget it => (Kind.Workspace, Of(it.Workspace)),
        ExperimentsTarget it => (Kind.Experiments, Of(it.Workspace)),
        ExperimentTarget it => (Kind.Experiment, Of(it.Workspace, it.Name)),
        RunTarget it => (Kind.Run, Of(it.Workspace, it.RunId)),
        RunFilesTarget it => (Kind.RunFiles, Of(it.Location, it.RunId)),
        NamedOutputsTarget it => (Kind.NamedOutputs, Of(it.Workspace, it.RunId)),
        NamedOutputTarget it => (Kind.NamedOutput, Of(it.Workspace, it.RunId, it.Name)),
        ChildRunsTarget it => (Kind.ChildRuns, Of(it.Workspace, it.RunId)),
        FolderTarget it => (Kind.Folder, Of(it.Location, it.RunId)),
        FileTarget it => (Kind.File, Of(it.Location, it.RunId)),
        ResourceGroupTarget it => (Kind.ResourceGroup, Of(it.Workspace, it.Group.ToString())),
        ResourceTarget it => (Kind.Resource, Of(it.Resource.Workspace, it.Resource.Kind.ToString(), it.Resource.Name, it.Resource.Child, it.ServiceId)),
        RegistriesTarget it => (Kind.Registries, [it.SubscriptionId, it.TenantId]),
        RegistryTarget it => (Kind.Registry, Of(it.Registry)),
        LeftoversTarget it => (Kind.Leftovers, [it.SubscriptionId, it.TenantId]),
        LeftoverGroupTarget it => (Kind.LeftoverGroup, [it.SubscriptionId, it.TenantId, it.ResourceGroup]),
        LeftoverTarget it => (Kind.Leftover, [it.ResourceId, it.TenantId]),
        NoticeTarget it => (Kind.Notice, [it.ParentNodeId, it.Code]),
        _ => throw new ArgumentException($"A node cannot stand for {target.GetType().Name}.", nameof(target)),
    };

    private static NodeTarget? Make(Kind kind, IReadOnlyList<string?> f) => kind switch
    {
        Kind.Subscription when f is [{ Length: > 0 } id, var tenant] => new SubscriptionTarget(id, tenant),
        Kind.Workspace when f.Count == 4 && Workspace(f) is { } ws => new WorkspaceTarget(ws),
        Kind.Experiments when f.Count == 4 && Workspace(f) is { } ws => new ExperimentsTarget(ws),
        Kind.Experiment when f is [_, _, _, _, { Length: > 0 } name] && Workspace(f) is { } ws => new ExperimentTarget(ws, name),
        Kind.Run when f is [_, _, _, _, { Length: > 0 } run] && Workspace(f) is { } ws => new RunTarget(ws, run),
        Kind.NamedOutputs when f is [_, _, _, _, { Length: > 0 } run] && Workspace(f) is { } ws => new NamedOutputsTarget(ws, run),
        Kind.NamedOutput when f is [_, _, _, _, { Length: > 0 } run, { Length: > 0 } name] && Workspace(f) is { } ws => new NamedOutputTarget(ws, run, name),
        Kind.ChildRuns when f is [_, _, _, _, { Length: > 0 } run] && Workspace(f) is { } ws => new ChildRunsTarget(ws, run),
        Kind.RunFiles when Place(f, out var run) is { } place && run is not null && IsFolder(place) => new RunFilesTarget(place, run),
        Kind.Folder when Place(f, out var run) is { } place && IsFolder(place) => new FolderTarget(place, run),
        Kind.File when Place(f, out var run) is { } place && place.Path.Length > 0 && !place.Path.EndsWith('/') => new FileTarget(place, run),
        Kind.ResourceGroup when f is [_, _, _, _, { } group] && Workspace(f) is { } ws && Named<ResourceGroupKind>(group) is { } which => new ResourceGroupTarget(ws, which),
        Kind.Resource when f is [_, _, _, _, { } kindName, { Length: > 0 } name, var child, var serviceId] && child != string.Empty && serviceId != string.Empty
            && Workspace(f) is { } ws && Named<ResourceKind>(kindName) is { } what and not (ResourceKind.Run or ResourceKind.Experiment or ResourceKind.Workspace)
            && (!DependentKinds.Is(what) || DependentKinds.RefOf(what, serviceId)?.Name == name)
            => new ResourceTarget(new ResourceAddress(ws, what, name, child), serviceId),
        Kind.Registries when f is [{ Length: > 0 } id, var tenant] => new RegistriesTarget(id, tenant),
        Kind.Registry when f.Count == 4 && Workspace(f) is { IsRegistry: true } registry => new RegistryTarget(registry),
        Kind.Leftovers when f is [{ Length: > 0 } id, var tenant] => new LeftoversTarget(id, tenant),
        Kind.LeftoverGroup when f is [{ Length: > 0 } id, var tenant, { Length: > 0 } group] && IsSegment(id) && IsSegment(group) => new LeftoverGroupTarget(id, tenant, group),
        Kind.Leftover when f is [{ } id, var tenant] && DependentRef.FromResourceId(id) is not null => new LeftoverTarget(id, tenant),
        Kind.Notice when f is [{ } parent, { Length: > 0 } code] => new NoticeTarget(parent, code),
        _ => null,
    };

    // By name, exactly as written: numbers would be parsed too, and would not survive a new version.
    private static T? Named<T>(string name)
        where T : struct, Enum
        => Enum.TryParse<T>(name, out var value) && value.ToString() == name ? value : null;

    private static string?[] Of(WorkspaceRef workspace, params ReadOnlySpan<string?> more)
        => [workspace.SubscriptionId, workspace.ResourceGroup, workspace.Registry is { } through ? $"{RegistryMark}{workspace.Name}/{through}" : workspace.Name, workspace.TenantId, .. more];

    private static string?[] Of(FileLocation location, string? runId)
        => Of(location.Workspace, location.Datastore, location.Path, location.ArtifactContainer, runId);

    // A name has no slash: what has one is a registry, with what it is read through behind its name.
    private static WorkspaceRef? Workspace(IReadOnlyList<string?> f)
    {
        if (f is not [{ Length: > 0 } subscription, { Length: > 0 } group, { Length: > 0 } name, var tenant, ..] || !IsSegment(subscription) || !IsSegment(group))
        {
            return null;
        }

        if (!name.StartsWith(RegistryMark, StringComparison.Ordinal))
        {
            return IsSegment(name) ? new WorkspaceRef(subscription, group, name, tenant) : null;
        }

        return name[RegistryMark.Length..].Split('/', 2) is [{ Length: > 0 } registry, var through] && IsSegment(registry)
            && (through.Length == 0 || (Uri.TryCreate(through, UriKind.Absolute, out var origin) && origin.GetLeftPart(UriPartial.Authority) == through))
            ? new WorkspaceRef(subscription, group, registry, tenant) { Registry = through }
            : null;
    }

    private static FileLocation? Place(IReadOnlyList<string?> f, out string? runId)
    {
        runId = null;
        if (f is not [_, _, _, _, { Length: > 0 } store, { } path, var container, var run] || run?.Length == 0 || Workspace(f) is not { } ws || !IsSegment(store))
        {
            return null;
        }

        runId = run;
        return new FileLocation(ws, store, path, container);
    }

    private static bool IsFolder(FileLocation place) => place.Path.Length == 0 || place.Path.EndsWith('/');

    private static bool IsSegment(string text) => text is not ("." or "..") && !text.AsSpan().ContainsAny("/\\?#\0");

    private static void WriteField(MemoryStream buffer, string? field)
    {
        if (field is null)
        {
            buffer.WriteByte((byte)Tag.Absent);
        }
        else if (Guid.TryParseExact(field, "D", out var guid) && guid.ToString("D") == field)
        {
            buffer.WriteByte((byte)Tag.Guid);
            buffer.Write(guid.ToByteArray());
        }
        else
        {
            byte[] bytes;
            try
            {
                bytes = StrictUtf8.GetBytes(field);
            }
            catch (EncoderFallbackException exception)
            {
                throw new ArgumentException("A name is no valid Unicode text.", exception);
            }

            if (bytes.Length > MaxFieldBytes)
            {
                throw new ArgumentException($"A name is longer than {MaxFieldBytes} bytes.");
            }

            buffer.WriteByte((byte)Tag.Text);
            buffer.WriteByte((byte)(bytes.Length >> 8));
            buffer.WriteByte((byte)bytes.Length);
            buffer.Write(bytes);
        }
    }

    private static bool TryReadField(ref ReadOnlySpan<byte> rest, out string? field)
    {
        field = null;
        var tag = (Tag)rest[0];
        rest = rest[1..];
        switch (tag)
        {
            case Tag.Absent:
                return true;
            case Tag.Guid when rest.Length >= 16:
                field = new Guid(rest[..16]).ToString("D");
                rest = rest[16..];
                return true;
            case Tag.Text when rest.Length >= 2:
                var length = (rest[0] << 8) | rest[1];
                if (length > MaxFieldBytes || rest.Length - 2 < length)
                {
                    return false;
                }

                try
                {
                    field = StrictUtf8.GetString(rest.Slice(2, length));
                }
                catch (DecoderFallbackException)
                {
                    return false;
                }

                rest = rest[(2 + length)..];
                return true;
            default:
                return false;
        }
    }

    // Tells a damaged or cut id from a whole one; it is no protection against someone who makes one up.
    private static byte Check(ReadOnlySpan<byte> bytes)
    {
        uint sum = 2166136261;
        foreach (var value in bytes)
        {
            sum = (sum ^ value) * 16777619;
        }

        return (byte)(sum ^ (sum >> 8) ^ (sum >> 16) ^ (sum >> 24));
    }
}
