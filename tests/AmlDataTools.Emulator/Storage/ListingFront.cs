using System.Xml.Linq;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Storage;

/// <summary>List Blobs and List Containers where the engine's page is not the answer itself: hierarchical accounts, kept blobs, the container that no client sees.</summary>
/// <param name="state">Accounts.</param>
/// <param name="engine">Azurite.</param>
/// <param name="kept">Kept blobs in listings.</param>
internal sealed class ListingFront(EmulatorState state, BlobEngine engine, KeptListing kept)
{
    private static readonly string[] Passed = ["restype", "comp", "prefix", "delimiter", "marker", "maxresults"];

    /// <summary>Whether a request lists blobs in a way the engine alone cannot answer.</summary>
    public bool Wanted(HttpContext http, StorageAccount account, string container) =>
        HierarchicalListing.Wanted(http) && (account.Hierarchical || kept.Wanted(http, account, container));

    /// <summary>Answers List Blobs.</summary>
    public async Task BlobsAsync(HttpContext http, StorageAccount account, string container, string target)
    {
        var include = KeptListing.Include(http);
        var forEngine = KeptListing.ForEngine(account.Hierarchical ? include.Append("metadata").Distinct() : include).ToArray();
        var page = await PageAsync(http, account, target, forEngine);
        if (page is not null)
        {
            if (account.Hierarchical)
            {
                HierarchicalListing.Shape(page, http.Request.Query["delimiter"].ToString(), include.Contains("metadata"), state.Blob(account.Name));
            }

            page.Root?.SetAttributeValue("ServiceEndpoint", state.Blob(account.Name) + "/");
            if (kept.Wanted(http, account, container))
            {
                kept.Merge(http, account, container, page);
            }

            await WriteAsync(http, page);
        }
    }

    /// <summary>Answers List Containers.</summary>
    public async Task ContainersAsync(HttpContext http, StorageAccount account, string target)
    {
        if (await PageAsync(http, account, target, http.Request.Query["include"].ToString().Split(',', StringSplitOptions.RemoveEmptyEntries).Where(i => i == "metadata").ToArray()) is { } page)
        {
            page.Descendants("Container").Where(c => c.Element("Name")?.Value == KeptBlobs.Shadow).Remove();
            await WriteAsync(http, page);
        }
    }

    private async Task<XDocument?> PageAsync(HttpContext http, StorageAccount account, string target, string[] include)
    {
        var parts = http.Request.Query.Where(q => Passed.Contains(q.Key)).Select(q => $"{q.Key}={Uri.EscapeDataString(q.Value.ToString())}");
        if (include.Length > 0)
        {
            parts = parts.Append("include=" + Uri.EscapeDataString(string.Join(',', include)));
        }

        using var answer = await engine.CallAsync(account, HttpMethod.Get, $"{target.Split('?')[0]}?{string.Join('&', parts)}", null, [], http.RequestAborted);
        var text = await answer.Content.ReadAsStringAsync(http.RequestAborted);
        http.Response.StatusCode = (int)answer.StatusCode;
        http.Response.ContentType = "application/xml";
        http.Response.Headers["x-ms-request-id"] = Guid.NewGuid().ToString();
        http.Response.Headers["x-ms-version"] = http.Request.Headers["x-ms-version"].ToString();
        if (answer.IsSuccessStatusCode)
        {
            return XDocument.Parse(text);
        }

        if (answer.Headers.TryGetValues("x-ms-error-code", out var codes))
        {
            http.Response.Headers["x-ms-error-code"] = codes.First();
        }

        await http.Response.WriteAsync(text, http.RequestAborted);
        return null;
    }

    private static Task WriteAsync(HttpContext http, XDocument page) =>
        http.Response.WriteAsync("<?xml version=\"1.0\" encoding=\"utf-8\"?>" + page.ToString(SaveOptions.DisableFormatting), http.RequestAborted);
}
