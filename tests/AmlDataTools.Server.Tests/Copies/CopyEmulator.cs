using System.Text.Json.Nodes;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Core.Resources;
using AmlDataTools.Core.Storage;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Exports;

namespace AmlDataTools.Server.Tests.Copies;

/// <summary>Tests that copy in storage share an emulator of their own, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class CopyCollection : ICollectionFixture<CopyEmulator>
{
    public const string Name = "copies";
}

/// <summary>The emulator for tests that copy in storage, with containers and datastores to copy to.</summary>
public sealed class CopyEmulator : EmulatorProcess
{
    /// <summary>The account that targets lie in: another one than the sources'.</summary>
    public const string Account = "samplepartnerstore";

    private int _made;

    internal AssetMaker Make => field ??= new AssetMaker(this);

    /// <summary>A container of its own with a blob that no copy may touch, and a datastore that leads to it.</summary>
    internal async Task<Target> TargetAsync(string credentials = "AccountKey", string account = Account)
    {
        var name = $"target-{Interlocked.Increment(ref _made):000}";
        await BlobAsync(account, name, "untouched.txt", "nothing of this changes");
        var store = await ServiceAsync(HttpMethod.Get, Store("workspaceblobstore"), null);
        if (store["properties"] is JsonObject properties)
        {
            properties["accountName"] = account;
            properties["containerName"] = name;
            properties["isDefault"] = false;
            properties["credentials"] = new JsonObject { ["credentialsType"] = credentials };
        }

        var datastore = name.Replace('-', '_');
        await ServiceAsync(HttpMethod.Put, Store(datastore), new JsonObject { ["properties"] = store["properties"]?.DeepClone() });
        return new Target(this, account, name, datastore);
    }

    internal Task BlobAsync(string account, string container, string name, string text) => ControlAsync(
        HttpMethod.Post, "blobs", new JsonObject { ["account"] = account, ["container"] = container, ["name"] = name, ["text"] = text });

    private string Store(string name) => $"{this["resourceManager"].TrimEnd('/')}{Workspace.ResourceId}/datastores/{name}?api-version=2025-12-01";
}

/// <summary>Where a test copies to.</summary>
internal sealed record Target(CopyEmulator Emulator, string Account, string Container, string Datastore)
{
    public string Node => NodeTargets.Format(new ResourceTarget(new ResourceAddress(Emulator.Workspace, ResourceKind.Datastore, Datastore, null), null));

    public string Address => $"https://{Account}.blob.{Emulator["storageSuffix"]}/{Container}";

    public string FolderNode(string path) => NodeTargets.Format(new FolderTarget(new FileLocation(Emulator.Workspace, Datastore, path, null), null));

    /// <summary>Names and lengths of all blobs in it.</summary>
    public async Task<IReadOnlyDictionary<string, (long Length, string ETag)>> BlobsAsync()
    {
        var state = await Emulator.ControlAsync(HttpMethod.Get, "state", null);
        return (state["storage"]?[Account]?["containers"]?[Container]?["blobs"] as JsonObject ?? []).ToDictionary(
            b => b.Key, b => ((long?)b.Value?["length"] ?? -1, (string?)b.Value?["etag"] ?? string.Empty));
    }

    public Task BlobAsync(string name, string text) => Emulator.BlobAsync(Account, Container, name, text);
}

/// <summary>Copies as the extension asks for them.</summary>
internal static class CopyCalls
{
    private static readonly ExportOptions Plain = new(false, false, false, false, [], []);

    public static Task<PlanResult> PlanCopyAsync(this ExportSidecar sidecar, IReadOnlyList<string> nodeIds, CopyTo to, ExportOptions? options = null) => sidecar.CallAsync(
        "operations/plan", new PlanParams(OperationVerb.Copy, nodeIds, options ?? Plain, null, null, null, null, to), ProtocolJsonContext.Default.PlanParams, ProtocolJsonContext.Default.PlanResult);

    public static async Task<OperationSummary> BeginCopyAsync(this ExportSidecar sidecar, string planId, ExistingFiles existing = ExistingFiles.SkipIdentical, string? confirmation = null) => (await sidecar.CallAsync(
        "operations/start",
        new StartParams(planId, confirmation, new ExportDestination(string.Empty, existing, ExportFormat.Folder), []),
        ProtocolJsonContext.Default.StartParams,
        ProtocolJsonContext.Default.OperationResult)).Operation;

    /// <summary>Plans, starts and follows a copy to its end.</summary>
    public static async Task<Exported> CopyAsync(
        this ExportSidecar sidecar, string nodeId, CopyTo to, ExistingFiles existing = ExistingFiles.SkipIdentical, string? confirmation = null, ExportOptions? options = null)
    {
        var plan = await sidecar.PlanCopyAsync([nodeId], to, options);
        await sidecar.BeginCopyAsync(plan.PlanId, existing, confirmation);
        var operation = await sidecar.EndAsync(plan.PlanId);
        return new Exported(plan, operation, await sidecar.ReceiptAsync(plan.PlanId));
    }

    public static async Task<IReadOnlyList<PlanItem>> PlanItemsAsync(this ExportSidecar sidecar, string planId) => (await sidecar.CallAsync(
        "operations/planItems", new PlanItemsParams(planId, null, null, PlanOrder.Plan, false, null), ProtocolJsonContext.Default.PlanItemsParams, ProtocolJsonContext.Default.PlanItemsResult)).Items;
}
