namespace AmlDataTools.Core.Notebooks.Code;

/// <summary>The calls whose arguments name something.</summary>
internal enum KnownCall : byte
{
    None,

    /// <summary><c>...models.get(name, version, label)</c> of SDK v2.</summary>
    ModelsGet,

    /// <summary><c>...data.get(name, version, label)</c> of SDK v2.</summary>
    DataGet,

    /// <summary><c>Model(workspace, name, id, tags, properties, version)</c> of SDK v1; SDK v2 makes a model with this name, and is told by its arguments.</summary>
    Model,

    /// <summary><c>Model.get_model_path(model_name, version)</c> of SDK v1.</summary>
    ModelPath,

    /// <summary><c>Dataset.get_by_name(workspace, name, version)</c> of SDK v1.</summary>
    DatasetByName,

    /// <summary><c>MLClient(credential, subscription, group, workspace, registry_name)</c> of SDK v2.</summary>
    Client,
}

/// <summary>What an argument is, once it is over.</summary>
internal enum ArgumentForm : byte
{
    /// <summary>An expression that only running the code can tell.</summary>
    Unknown,

    /// <summary>A text literal.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary><c>None</c>.</summary>
    Nothing,
}

/// <summary>One argument of a call.</summary>
internal readonly record struct CallArgument(ArgumentForm Form, string? Value, PythonPlace Start, PythonPlace End, CodeRange? Inner);

/// <summary>Collects the arguments of a call and says what it names.</summary>
internal sealed class CallArguments(KnownCall call)
{
    private CallArgument? _name;
    private CallArgument? _version;
    private CallArgument? _label;
    private CallArgument? _id;
    private CallArgument? _registry;
    private bool _hasWorkspace;
    private bool _isUnsure;

    /// <summary>Which call it is.</summary>
    public KnownCall Call => call;

    /// <summary>The name of the client whose method it is; null when it has none.</summary>
    public string? Client { get; init; }

    /// <summary>The client made just before, whose method it is; null for others.</summary>
    public CodeClient? Made { get; init; }

    /// <summary>Takes an argument.</summary>
    /// <param name="position">Its position among those without keyword; -1 when it has one.</param>
    /// <param name="keyword">Its keyword; empty without.</param>
    /// <param name="argument">What it is.</param>
    public void Add(int position, string keyword, CallArgument argument)
    {
        switch (Role(position, keyword))
        {
            case "name":
                _name = argument;
                break;
            case "version":
                _version = argument;
                break;
            case "label":
                _label = argument;
                break;
            case "registry":
                _registry = argument;
                break;
            case "id":
                _id = argument;
                break;
            case "workspace":
                _hasWorkspace = true;
                break;
            case "unsure":
                _isUnsure |= argument.Form != ArgumentForm.Nothing;
                break;
            default:
                break;
        }
    }

    /// <summary>Something such as <c>*args</c> was passed.</summary>
    public void Doubt() => _isUnsure = true;

    /// <summary>The client that the call makes.</summary>
    /// <param name="name">What it is called.</param>
    public CodeClient ReadClient(string name) => _isUnsure || _registry is { Form: ArgumentForm.Unknown or ArgumentForm.Number } ? new CodeClient(name, null, IsKnown: false)
        : _registry is { Form: ArgumentForm.Text, Value: { } registry } ? new CodeClient(name, registry, ReferenceText.IsRegistry(registry))
        : new CodeClient(name, null, IsKnown: true);

    /// <summary>What the call names; null when only running it can tell, or when it is another function of the same name.</summary>
    public CodeReference? Read() => Find() is not { } found ? null
        : call is not (KnownCall.ModelsGet or KnownCall.DataGet) ? found
        : Made is null ? found with { Client = Client }
        : Made.IsKnown ? found with { Asset = found.Asset with { Registry = Made.Registry } }
        : null;

    private CodeReference? Find()
    {
        if (_isUnsure || (call == KnownCall.Model && !_hasWorkspace))
        {
            return null;
        }

        if (call == KnownCall.Model && _name is null && _id is { Form: ArgumentForm.Text, Value: { } id } full)
        {
            var colon = id.LastIndexOf(':');
            return colon > 0 && ReferenceText.IsName(id[..colon]) && ReferenceText.IsVersion(id.AsSpan(colon + 1))
                ? new CodeReference(Between(full.Start, full.End), new NotebookAsset(NotebookAssetKind.Model, id[..colon], id[(colon + 1)..], null, null, null), null, false)
                : null;
        }

        if (_name is not { Form: ArgumentForm.Text, Value: { } name } named || !ReferenceText.IsName(name))
        {
            return null;
        }

        var range = Between(named.Start, named.End);
        var kind = call is KnownCall.DataGet or KnownCall.DatasetByName ? NotebookAssetKind.Data : NotebookAssetKind.Model;
        if (_version is { Form: not ArgumentForm.Nothing } version)
        {
            // Dataset.get_by_name has the word for its default.
            return version is not { Form: ArgumentForm.Text or ArgumentForm.Number, Value: { } value } || !ReferenceText.IsVersion(value) ? null
                : value == NotebookAsset.Latest ? new CodeReference(Span(named, version), new NotebookAsset(kind, name, null, NotebookAsset.Latest, null, null), null, false)
                : new CodeReference(Span(named, version), new NotebookAsset(kind, name, value, null, null, null), version.Inner, version.Form == ArgumentForm.Number);
        }

        if (_label is { Form: not ArgumentForm.Nothing } label)
        {
            return label is { Form: ArgumentForm.Text, Value: NotebookAsset.Latest } ? new CodeReference(Span(named, label), Newest(kind, name), null, false) : null;
        }

        // SDK v2 refuses a call without both; SDK v1 takes the newest.
        return call is KnownCall.ModelsGet or KnownCall.DataGet ? null : new CodeReference(range, Newest(kind, name), null, false);
    }

    private static NotebookAsset Newest(NotebookAssetKind kind, string name) => new(kind, name, null, NotebookAsset.Latest, null, null);

    private static CodeRange Span(CallArgument one, CallArgument other)
        => one.Start.Offset < other.Start.Offset ? Between(one.Start, other.End) : Between(other.Start, one.End);

    private static CodeRange Between(PythonPlace start, PythonPlace end) => new(start.Line, start.Character, end.Line, end.Character);

    private string Role(int position, string keyword) => call switch
    {
        KnownCall.ModelsGet or KnownCall.DataGet => (position, keyword) switch
        {
            (0, _) or (_, "name") => "name",
            (1, _) or (_, "version") => "version",
            (2, _) or (_, "label") => "label",
            _ => "unsure",
        },
        KnownCall.Model => (position, keyword) switch
        {
            (0, _) or (_, "workspace") => "workspace",
            (1, _) or (_, "name") => "name",
            (2, _) or (_, "id") => "id",
            (5, _) or (_, "version") => "version",

            // SDK v2's, which makes one; or filters that choose among the versions.
            (3 or 4 or 6, _) or (_, "path" or "type" or "tags" or "properties" or "run_id") => "unsure",
            _ => string.Empty,
        },
        KnownCall.ModelPath => (position, keyword) switch
        {
            (0, _) or (_, "model_name") => "name",
            (1, _) or (_, "version") => "version",
            _ => string.Empty,
        },
        KnownCall.Client => (position, keyword) switch
        {
            (4, _) or (_, "registry_name") => "registry",
            _ => string.Empty,
        },
        KnownCall.DatasetByName => (position, keyword) switch
        {
            (0, _) or (_, "workspace") => "workspace",
            (1, _) or (_, "name") => "name",
            (2, _) or (_, "version") => "version",
            _ => string.Empty,
        },
        _ => string.Empty,
    };
}
