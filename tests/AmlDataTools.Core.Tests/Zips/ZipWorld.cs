using System.Text.Json.Nodes;
using AmlDataTools.Core.Changes.Execution;
using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Tests.Changes.Execution;
using AmlDataTools.Core.Tests.Names;
using AmlDataTools.Core.Tests.Transfer;
using AmlDataTools.Core.Transfer;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmlDataTools.Core.Tests.Zips;

/// <summary>Operations that write zips from imagined blobs to a real disk.</summary>
internal sealed class ZipWorld : IAsyncDisposable
{
    public const int RangeBytes = 1000;

    private readonly TemporaryFolder _folder = new();

    public ZipWorld()
    {
        Store = new OperationStore(Path.Combine(_folder.Root, "storage"));
        Store.Prepare();
        Directory.CreateDirectory(Out);
        var settings = new TransferSettings
        {
            RangeBytes = RangeBytes,
            Silence = TimeSpan.FromMilliseconds(300),
            FirstDelay = TimeSpan.FromMilliseconds(5),
            LongestDelay = TimeSpan.FromMilliseconds(20),
            Attempts = 3,
        };
        Service = new OperationsService(Store, new ExecutionFactory(Store, Blobs, settings, new FakeWorld(), new ChangeSettings(), TimeProvider.System, NullLogger.Instance), TimeProvider.System, NullLogger.Instance);
    }

    public FakeBlobs Blobs { get; } = new();

    public OperationStore Store { get; }

    public OperationsService Service { get; }

    /// <summary>Where zips go.</summary>
    public string Out => Path.Combine(_folder.Root, "out");

    /// <summary>Bytes that tell what they are of.</summary>
    public static byte[] Bytes(string name, int length)
    {
        var bytes = new byte[length];
        new Random(name.GetHashCode(StringComparison.Ordinal)).NextBytes(bytes);
        return bytes;
    }

    /// <summary>A file of a plan, and its blob.</summary>
    public TransferItem File(long index, string name, int length, string? path = null)
    {
        var bytes = Bytes(name, length);
        Blobs.Put(name, bytes);
        return new TransferItem(index, TransferKind.File, "s0", name, path ?? $"run/{name}", length, "\"1\"", FakeBlobs.Md5(bytes), null, null);
    }

    /// <summary>Writes a plan down; gives its id.</summary>
    public string Plan(IEnumerable<TransferItem> items, string? folderName = "run")
    {
        using var draft = Store.Draft();
        var count = 0;
        foreach (var item in items)
        {
            draft.Add(item);
            count++;
        }

        draft.Finish(new OperationPlan(draft.Id, OperationVerb.Export, "Download run", 1_700_000_000_000, "Ada", "/subscriptions/s", count, draft.Bytes, [], [], new Dictionary<string, SourceInfo>(), folderName, false));
        return draft.Id;
    }

    /// <summary>Carries a plan out to its end.</summary>
    public async Task<OperationView> RunAsync(string id, ExportFormat format = ExportFormat.Zip)
    {
        await StartAsync(id, format);
        return await EndAsync(id);
    }

    public Task<OperationView> StartAsync(string id, ExportFormat format = ExportFormat.Zip) =>
        Service.StartAsync(id, null, new OperationDestination(Out, ExistingFilePolicy.SkipIdentical) { Format = format }, [], CancellationToken.None);

    public async Task<OperationView> ResumeAsync(string id)
    {
        await Service.ResumeAsync(id, CancellationToken.None);
        return await EndAsync(id);
    }

    public async Task<OperationView> EndAsync(string id)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (true)
        {
            var view = View(id);
            if (!view.Status.IsActive && view.Status.State != OperationState.Planned && view.Owner == OperationOwner.None)
            {
                return view;
            }

            await Task.Delay(10, patience.Token);
        }
    }

    public OperationView View(string id) => Service.List().Single(v => v.Plan.Id == id);

    /// <summary>The zip that an operation became.</summary>
    public string Zip(OperationView view)
    {
        var name = view.Status.File;
        Assert.NotNull(name);
        var zip = Path.Combine(Out, name);
        Assert.Equal(zip, view.Folder);
        Assert.Empty(Directory.EnumerateDirectories(Out, ".aml-data-tools-*"));
        ZipReaders.AssertSound(zip);
        return zip;
    }

    /// <summary>The zip under construction.</summary>
    public string PartOf(string id) => Path.Combine(Out, Destination.StagingName(id), "export.zip.part");

    public JsonObject Receipt(string id) => JsonNode.Parse(System.IO.File.ReadAllText(Store.ReceiptOf(id).Json)) as JsonObject ?? [];

    public async ValueTask DisposeAsync()
    {
        await Service.DisposeAsync();
        _folder.Dispose();
    }
}
