using System.Text.Json;
using AmlDataTools.Azure;
using AmlDataTools.Azure.Arm;
using AmlDataTools.Azure.Arm.Dependents;
using AmlDataTools.Azure.Http;
using AmlDataTools.Azure.V1;

namespace AmlDataTools.Core.Resources;

/// <summary>A thing of a workspace as its service listed it.</summary>
/// <param name="Address">What it is.</param>
/// <param name="ServiceId">What the service calls it where that is not its name (a v1 pipeline's id); null otherwise.</param>
/// <param name="Label">For people: its name; of a version the version alone.</param>
/// <param name="Created">When it was made; null when not told.</param>
/// <param name="CreatedBy">Who made it, by name, user name or application id; null when not told.</param>
/// <param name="Modified">When it was changed last; null when not told.</param>
/// <param name="ETag">Its entity tag; null where the service gives none.</param>
/// <param name="State">Its state as the service spells it: provisioning state, stage of a model version, Enabled or Disabled; null when it has none.</param>
/// <param name="IsArchived">Whether it is archived itself; versions of an archived container may not be.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Raw">As the service gave it.</param>
internal sealed record ListedResource(
    ResourceAddress Address,
    string? ServiceId,
    string Label,
    DateTimeOffset? Created,
    string? CreatedBy,
    DateTimeOffset? Modified,
    string? ETag,
    string? State,
    bool IsArchived,
    IReadOnlyDictionary<string, string> Tags,
    JsonElement Raw)
{
    /// <summary>What is in <c>properties</c>; of things that SDK v1 made, the thing itself.</summary>
    public JsonElement Properties => Raw.Child("properties") ?? Raw;

    /// <summary>Whether a compute is only attached: it lives elsewhere and is detached, not deleted.</summary>
    public bool IsAttached => Address.Kind == ResourceKind.Compute && ComputeKinds.IsAttached(Properties);

    /// <summary>Whether it is the datastore that the workspace uses when none is named.</summary>
    public bool IsDefault => Address.Kind == ResourceKind.Datastore && Properties.Flag("isDefault") == true;

    /// <summary>
    /// What the workspace keeps in one of the datastores that were made with it, in words; null for every other thing. Without
    /// such a datastore the workspace does not find what it keeps there, and nothing makes it anew.
    /// </summary>
    public string? WorkspaceOwn => Address.Kind == ResourceKind.Datastore ? Datastores.WorkspaceOwn(Address.Name) : null;

    /// <summary>Makes it from Resource Manager's; null when that has no name, and so cannot be told apart or addressed.</summary>
    public static ListedResource? From(WorkspaceRef workspace, ResourceKind kind, string? container, ArmResource resource)
    {
        // Steps of a pipeline and some previews leave out the name, never the id.
        var name = resource.Name.Length > 0 ? resource.Name : resource.Id[(resource.Id.LastIndexOf('/') + 1)..];
        if (string.IsNullOrWhiteSpace(name))
        {
            return null;
        }

        var properties = resource.Properties ?? default;
        var address = container is null ? new ResourceAddress(workspace, kind, name, null) : new ResourceAddress(workspace, kind, container, name);
        var state = kind switch
        {
            ResourceKind.ModelVersion => Filled(properties.Text("stage")),
            ResourceKind.Compute => ComputeKinds.StateOf(properties),
            ResourceKind.Schedule => properties.Flag("isEnabled") switch { true => "Enabled", false => "Disabled", null => properties.Text("provisioningState") },
            _ => properties.Text("provisioningState"),
        };
        return new ListedResource(
            address, null, name,
            resource.SystemData.CreatedAt ?? properties.Moment("createdOn"),
            Filled(resource.SystemData.CreatedBy) ?? (kind == ResourceKind.Compute ? properties.Child("properties")?.Child("createdBy")?.Text("userName") : null),
            resource.SystemData.LastModifiedAt ?? properties.Moment("modifiedOn"),
            resource.ETag, state, resource.IsArchived, resource.Tags, resource.Raw);
    }

    /// <summary>Makes it from a workspace.</summary>
    public static ListedResource From(WorkspaceRef workspace, WorkspaceDocument document) => new(
        new ResourceAddress(workspace, ResourceKind.Workspace, workspace.Name, null), null, workspace.Name,
        document.CreatedAt, document.CreatedBy, document.ModifiedAt, null, document.ProvisioningState, IsArchived: false, document.Raw.Texts("tags"), document.Raw);

    /// <summary>Makes it from a resource that a workspace uses.</summary>
    public static ListedResource From(WorkspaceRef workspace, DependentDocument document) => new(
        new ResourceAddress(workspace, DependentKinds.Of(document.Ref.Kind), document.Ref.Name, null), document.Ref.ResourceId, document.Ref.Name,
        document.CreatedAt, null, null, document.ETag, document.State, IsArchived: false, document.Tags, document.Raw);

    /// <summary>Makes it from a dataset of SDK v1.</summary>
    public static ListedResource? From(WorkspaceRef workspace, DatasetDocument dataset) => string.IsNullOrWhiteSpace(dataset.Name) ? null : new(
        new ResourceAddress(workspace, ResourceKind.Dataset, dataset.Name, null), null, dataset.Name,
        dataset.CreatedTime, dataset.CreatedByName, dataset.ModifiedTime, dataset.Raw.Text("etag"), null, IsArchived: false, dataset.Tags, dataset.Raw);

    /// <summary>Makes it from a web service of SDK v1.</summary>
    public static ListedResource? From(WorkspaceRef workspace, WebServiceDocument service)
    {
        var name = Filled(service.Name) ?? service.Id;
        return string.IsNullOrWhiteSpace(name) ? null : new(
            new ResourceAddress(workspace, ResourceKind.WebService, name, null), Filled(service.Id) is { } id && id != name ? id : null, name,
            service.CreatedTime, null, service.UpdatedTime, null, service.State, IsArchived: false, service.Tags, service.Raw);
    }

    /// <summary>Makes it from a published pipeline or a pipeline endpoint of SDK v1; names of these are not unique, ids are.</summary>
    public static ListedResource? From(WorkspaceRef workspace, PipelineDocument pipeline)
    {
        var name = string.IsNullOrWhiteSpace(pipeline.Name) ? pipeline.Id : pipeline.Name;
        return string.IsNullOrWhiteSpace(pipeline.Id) ? null : new(
            new ResourceAddress(workspace, pipeline.Kind == PipelineKind.Endpoint ? ResourceKind.PipelineEndpoint : ResourceKind.PublishedPipeline, name, null), pipeline.Id, name,
            pipeline.CreatedTime, null, pipeline.ModifiedTime, null, pipeline.Status, pipeline.IsArchived,
            pipeline.Raw.Texts("Tags") is { Count: > 0 } tags ? tags : pipeline.Raw.Texts("tags"), pipeline.Raw);
    }

    private static string? Filled(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}

/// <summary>A page of things.</summary>
/// <param name="Items">In the service's order.</param>
/// <param name="Next">Where the next page begins, to be passed back unchanged; null when this is the last.</param>
/// <param name="Unnamed">How many the service listed without a name, so that nothing can be done with them.</param>
internal sealed record ListedPage(IReadOnlyList<ListedResource> Items, string? Next, int Unnamed);

/// <summary>What the kinds of compute say about themselves.</summary>
internal static class ComputeKinds
{
    /// <summary>Whether it lives elsewhere: the service says so, or only an attached one can be of its type.</summary>
    /// <param name="properties">The compute's properties.</param>
    public static bool IsAttached(JsonElement properties)
        => properties.Flag("isAttachedCompute")
            ?? properties.Text("computeType") is "AKS" or "Kubernetes" or "VirtualMachine" or "HDInsight" or "Databricks" or "DataLakeAnalytics" or "SynapseSpark" or "DataFactory";

    /// <summary>What it does now: Running and Stopped of an instance; else whether it is resizing, else its provisioning.</summary>
    /// <param name="properties">The compute's properties.</param>
    public static string? StateOf(JsonElement properties)
        => properties.Text("provisioningState") is { } provisioning and not "Succeeded" ? provisioning
            : properties.Child("properties")?.Text("state") ?? properties.Child("properties")?.Text("allocationState") ?? properties.Text("provisioningState");
}

/// <summary>The datastores that every workspace has from its making.</summary>
internal static class Datastores
{
    /// <summary>What the workspace keeps in a datastore that was made with it; null for others.</summary>
    /// <param name="name">The datastore's name; case does not count.</param>
    public static string? WorkspaceOwn(string name) => name.ToUpperInvariant() switch
    {
        "WORKSPACEARTIFACTSTORE" => "outputs and logs of runs",
        "WORKSPACEBLOBSTORE" => "named outputs, uploaded data, models and code",
        "WORKSPACEWORKINGDIRECTORY" => "notebooks and files of its users",
        "WORKSPACEFILESTORE" => "notebooks and files of compute instances",
        _ => null,
    };
}
