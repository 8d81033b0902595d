using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Xml.Linq;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Storage;

/// <summary>The emulator's own calls to Azurite, signed with the account's key, by production-style host name.</summary>
internal sealed class BlobEngine : IDisposable
{
    private static readonly UriCreationOptions Raw = new() { DangerousDisablePathAndQueryCanonicalization = true };
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        UseProxy = false,
    });

    private readonly string _endpoint;

    /// <summary>An engine at an address.</summary>
    public BlobEngine(Uri endpoint) => _endpoint = endpoint.GetLeftPart(UriPartial.Authority);

    /// <summary>A request whose target stays exactly as given: names such as <c>a/../b</c> must arrive unharmed.</summary>
    public HttpRequestMessage Request(HttpMethod method, string host, string rawTarget)
    {
        var request = new HttpRequestMessage(method, new Uri(_endpoint + rawTarget, Raw));
        request.Headers.Host = host;
        return request;
    }

    /// <summary>Signs a request with the account's key.</summary>
    public static void Sign(HttpRequestMessage request, StorageAccount account, string rawTarget)
    {
        request.Headers.Remove("x-ms-date");
        request.Headers.Add("x-ms-date", DateTimeOffset.UtcNow.ToString("r", CultureInfo.InvariantCulture));
        if (!request.Headers.Contains("x-ms-version"))
        {
            request.Headers.Add("x-ms-version", "2021-08-06");
        }

        var headers = request.Headers.Concat(request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>())
            .ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        headers["Content-Length"] = request.Content?.Headers.ContentLength?.ToString(CultureInfo.InvariantCulture) ?? string.Empty;
        var value = SharedKey.Authorization(account.Name, account.Key, request.Method.Method, rawTarget, headers);
        request.Headers.TryAddWithoutValidation("Authorization", value);
    }

    /// <summary>Sends a request; the body is not buffered.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => _http.SendAsync(request, cancellationToken);

    /// <summary>Signs and sends a call to an account.</summary>
    public async Task<HttpResponseMessage> CallAsync(StorageAccount account, HttpMethod method, string rawTarget, HttpContent? content, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        using var request = Request(method, $"{account.Name}.blob.localhost", rawTarget);
        request.Content = content ?? (method == HttpMethod.Put ? new ByteArrayContent([]) : null);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        Sign(request, account, rawTarget);
        return await SendAsync(request, cancellationToken);
    }

    /// <summary>Makes a container unless it exists.</summary>
    public async Task CreateContainerAsync(StorageAccount account, string container, CancellationToken cancellationToken)
    {
        using var response = await CallAsync(account, HttpMethod.Put, $"/{container}?restype=container", null, [], cancellationToken);
        await EnsureAsync(response, HttpStatusCode.Conflict, cancellationToken);
    }

    /// <summary>Writes a small blob in one call; the engine records its MD5.</summary>
    /// <returns>Its ETag.</returns>
    public Task<string> PutAsync(StorageAccount account, string container, string blob, ReadOnlyMemory<byte> bytes, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken cancellationToken) =>
        PutAsync(account, container, blob, string.Empty, new ReadOnlyMemoryContent(bytes), [new("x-ms-blob-type", "BlockBlob"), .. headers], cancellationToken);

    /// <summary>Writes an append blob, as the service's own logs are: without an MD5.</summary>
    /// <returns>Its ETag.</returns>
    public async Task<string> AppendAsync(StorageAccount account, string container, string blob, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var etag = await PutAsync(account, container, blob, string.Empty, null, [new("x-ms-blob-type", "AppendBlob")], cancellationToken);
        return bytes.IsEmpty ? etag : await PutAsync(account, container, blob, "?comp=appendblock", new ReadOnlyMemoryContent(bytes), [], cancellationToken);
    }

    /// <summary>Makes a page blob of zeros; however large, nothing of it is stored.</summary>
    /// <returns>Its ETag.</returns>
    public Task<string> PutSparseAsync(StorageAccount account, string container, string blob, long size, CancellationToken cancellationToken) =>
        PutAsync(account, container, blob, string.Empty, null, [new("x-ms-blob-type", "PageBlob"), new("x-ms-blob-content-length", size.ToString(CultureInfo.InvariantCulture))], cancellationToken);

    /// <summary>Writes a large blob block by block; it has no MD5, as no client told one.</summary>
    /// <returns>Its ETag.</returns>
    public async Task<string> PutBlocksAsync(StorageAccount account, string container, string blob, long size, Action<long, Span<byte>> fill, CancellationToken cancellationToken)
    {
        const int block = 8 * 1024 * 1024;
        var ids = new List<string>();
        var buffer = new byte[block];
        for (long at = 0; at < size; at += block)
        {
            var count = (int)Math.Min(block, size - at);
            fill(at, buffer.AsSpan(0, count));
            var id = Convert.ToBase64String(BitConverter.GetBytes(ids.Count));
            ids.Add(id);
            await PutAsync(account, container, blob, "?comp=block&blockid=" + Uri.EscapeDataString(id), new ReadOnlyMemoryContent(buffer.AsMemory(0, count)), [], cancellationToken);
        }

        var list = "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>" + string.Concat(ids.Select(i => $"<Latest>{i}</Latest>")) + "</BlockList>";
        return await PutAsync(account, container, blob, "?comp=blocklist", new StringContent(list, new MediaTypeHeaderValue("application/xml")), [], cancellationToken);
    }

    /// <summary>Deletes a blob; false when there was none.</summary>
    public async Task<bool> DeleteAsync(StorageAccount account, string container, string blob, CancellationToken cancellationToken)
    {
        using var response = await CallAsync(account, HttpMethod.Delete, Target(container, blob), null, [], cancellationToken);
        await EnsureAsync(response, HttpStatusCode.NotFound, cancellationToken);
        return response.IsSuccessStatusCode;
    }

    /// <summary>Copies a blob inside an account with its properties and metadata.</summary>
    /// <param name="account">The account.</param>
    /// <param name="source">Encoded path of the source, with its snapshot if any.</param>
    /// <param name="destination">Encoded path of the destination.</param>
    /// <param name="contentType">The content type, for the names that a copy cannot carry.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task CopyAsync(StorageAccount account, string source, string destination, string contentType, CancellationToken cancellationToken)
    {
        // The engine reads a source's address as browsers do, which takes dots between slashes for directories: such names are copied by their bytes.
        if (source.Contains("%2E", StringComparison.Ordinal) || destination.Contains("%2E", StringComparison.Ordinal))
        {
            using var read = await CallAsync(account, HttpMethod.Get, source, null, [], cancellationToken);
            await EnsureAsync(read, null, cancellationToken);
            var bytes = await read.Content.ReadAsByteArrayAsync(cancellationToken);
            using var written = await CallAsync(account, HttpMethod.Put, destination, new ByteArrayContent(bytes), [new("x-ms-blob-type", "BlockBlob"), new("x-ms-blob-content-type", contentType)], cancellationToken);
            await EnsureAsync(written, null, cancellationToken);
            return;
        }

        using var copied = await CallAsync(account, HttpMethod.Put, destination, null, [new("x-ms-copy-source", $"http://{account.Name}.blob.localhost{source}")], cancellationToken);
        await EnsureAsync(copied, null, cancellationToken);
    }

    /// <summary>Deletes all blobs under a prefix with their snapshots.</summary>
    public async Task DeleteUnderAsync(StorageAccount account, string container, string prefix, CancellationToken cancellationToken)
    {
        while (true)
        {
            using var page = await CallAsync(account, HttpMethod.Get, $"/{container}?restype=container&comp=list&maxresults=1000&prefix={Uri.EscapeDataString(prefix)}", null, [], cancellationToken);
            await EnsureAsync(page, HttpStatusCode.NotFound, cancellationToken);
            var names = !page.IsSuccessStatusCode ? [] : XDocument.Parse(await page.Content.ReadAsStringAsync(cancellationToken)).Descendants("Blob").Select(b => b.Element("Name")?.Value).OfType<string>().ToArray();
            if (names.Length == 0)
            {
                return;
            }

            foreach (var name in names)
            {
                using var deleted = await CallAsync(account, HttpMethod.Delete, Target(container, name), null, [new("x-ms-delete-snapshots", "include")], cancellationToken);
                await EnsureAsync(deleted, HttpStatusCode.NotFound, cancellationToken);
            }
        }
    }

    /// <summary>The names of an account's containers.</summary>
    public async Task<IReadOnlyList<string>> ContainersAsync(StorageAccount account, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        for (string? marker = string.Empty; marker is not null;)
        {
            using var page = await CallAsync(account, HttpMethod.Get, "/?comp=list" + (marker.Length > 0 ? "&marker=" + Uri.EscapeDataString(marker) : string.Empty), null, [], cancellationToken);
            await EnsureAsync(page, null, cancellationToken);
            var xml = XDocument.Parse(await page.Content.ReadAsStringAsync(cancellationToken));
            names.AddRange(xml.Descendants("Container").Select(c => c.Element("Name")?.Value).OfType<string>());
            marker = xml.Root?.Element("NextMarker")?.Value is { Length: > 0 } next ? next : null;
        }

        return names;
    }

    /// <summary>The encoded path of a blob. Dots are encoded too: no part between here and the engine may take them for directories.</summary>
    public static string Target(string container, string blob) =>
        $"/{container}/{string.Join('/', blob.Split('/').Select(s => s is "." or ".." ? s.Replace(".", "%2E", StringComparison.Ordinal) : Uri.EscapeDataString(s)))}";

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<string> PutAsync(StorageAccount account, string container, string blob, string query, HttpContent? content, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        using var response = await CallAsync(account, HttpMethod.Put, Target(container, blob) + query, content, headers, cancellationToken);
        await EnsureAsync(response, null, cancellationToken);
        return response.Headers.ETag?.Tag ?? string.Empty;
    }

    private static async Task EnsureAsync(HttpResponseMessage response, HttpStatusCode? also, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode && response.StatusCode != also)
        {
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new InvalidOperationException($"The blob engine answered {(int)response.StatusCode}: {text}");
        }
    }
}
