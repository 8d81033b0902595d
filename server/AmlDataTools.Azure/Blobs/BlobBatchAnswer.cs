using System.Globalization;
using System.Text;
using AmlDataTools.Azure.Http;
using Azure;

namespace AmlDataTools.Azure.Blobs;

/// <summary>Reads the answer of a Blob Batch: one part a request, told apart by Content-ID.</summary>
internal static class BlobBatchAnswer
{
    /// <summary>The results in the order of the requests; a request without an answer gets status 0.</summary>
    /// <exception cref="AzureServiceException">The batch was refused as a whole, inside an answer that says it was accepted.</exception>
    /// <exception cref="InvalidDataException">The answer is not that of a batch.</exception>
    public static async Task<IReadOnlyList<BlobDeletion>> ReadAsync(
        Response response, Uri address, IReadOnlyList<BlobDeleteRequest> blobs, CancellationToken cancellationToken)
    {
        var boundary = Boundary(response.Headers.ContentType)
            ?? throw new InvalidDataException("The storage account answered a batch with something that is not one.");
        var text = await TextAsync(response, cancellationToken).ConfigureAwait(false);
        var results = blobs.Select(blob => new BlobDeletion(blob.Name, 0, "NoAnswer", null)).ToArray();
        var found = 0;
        foreach (var part in text.Split("--" + boundary, StringSplitOptions.None).Skip(1))
        {
            if (part.StartsWith("--", StringComparison.Ordinal))
            {
                break;
            }

            var answer = Part.Parse(part) ?? throw new InvalidDataException("The storage account answered a batch with a part that is no answer.");
            found++;
            if (answer.ContentId is not { } id)
            {
                // A batch that cannot be understood comes back as accepted, with one part that belongs to no request.
                var envelope = ErrorEnvelope.Parse(Encoding.UTF8.GetBytes(answer.Body), answer.Code);
                throw new AzureServiceException(answer.Status, envelope.Code ?? "BatchRefused", envelope.Message ?? "The storage account refused the batch as a whole.")
                {
                    Host = address.Host,
                    CorrelationId = answer.RequestId,
                };
            }

            if (id >= 0 && id < results.Length)
            {
                var code = answer.Status < 300 ? null : ErrorEnvelope.Parse(Encoding.UTF8.GetBytes(answer.Body), answer.Code).Code;
                results[id] = new BlobDeletion(blobs[id].Name, answer.Status, code, answer.RequestId);
            }
        }

        return found > 0 ? results : throw new InvalidDataException("The storage account answered a batch without any part.");
    }

    private static string? Boundary(string? contentType)
    {
        const string Name = "boundary=";
        var at = contentType is null || !contentType.StartsWith("multipart/mixed", StringComparison.OrdinalIgnoreCase)
            ? -1 : contentType.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        var value = at < 0 ? null : contentType?[(at + Name.Length)..].Split(';')[0].Trim().Trim('"');
        return string.IsNullOrEmpty(value) ? null : value;
    }

    private static async Task<string> TextAsync(Response response, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(response.ContentStream ?? Stream.Null, Encoding.UTF8, leaveOpen: true);
        return await reader.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
    }

    private sealed record Part(int? ContentId, int Status, string? Code, string? RequestId, string Body)
    {
        /// <summary>Headers of the part, a blank line, the status line, headers of the answer, a blank line, its body.</summary>
        public static Part? Parse(string part)
        {
            using var reader = new StringReader(part.TrimStart('\r', '\n'));
            int? id = null;
            string? line;
            while ((line = reader.ReadLine()) is not null && !line.StartsWith("HTTP/", StringComparison.OrdinalIgnoreCase))
            {
                if (Value(line, "Content-ID") is { } text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
                {
                    id = value;
                }
            }

            if (line?.Split(' ') is not [_, var status, ..] || !int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            string? code = null;
            string? requestId = null;
            while (reader.ReadLine() is { Length: > 0 } header)
            {
                code ??= Value(header, "x-ms-error-code");
                requestId ??= Value(header, "x-ms-request-id");
            }

            return new Part(id, number, code, requestId, reader.ReadToEnd());
        }

        private static string? Value(string header, string name)
            => header.Length > name.Length && header[name.Length] == ':' && header.StartsWith(name, StringComparison.OrdinalIgnoreCase)
                ? header[(name.Length + 1)..].Trim() : null;
    }
}
