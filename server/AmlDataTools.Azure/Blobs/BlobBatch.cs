using System.Globalization;
using System.Text;
using Azure.Core;

namespace AmlDataTools.Azure.Blobs;

/// <summary>
/// The body of a Blob Batch: a multipart/mixed document whose parts are requests. Paths are escaped and header values are
/// checked, so that no name can break out of its part. Holds signatures: has no text form.
/// </summary>
internal sealed class BlobBatch
{
    private readonly string _boundary = "batch_" + Guid.NewGuid().ToString("D");
    private readonly StringBuilder _text = new();
    private int _count;

    /// <summary>The body's content type.</summary>
    public string ContentType => "multipart/mixed; boundary=" + _boundary;

    /// <summary>Adds a request without a body, authorised already. It takes the batch's service version.</summary>
    /// <param name="request">The request.</param>
    /// <exception cref="ArgumentException">A header holds a control character.</exception>
    public void Add(Request request)
    {
        var address = request.Uri.ToUri();
        _text.Append("--").Append(_boundary).Append("\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: ")
            .Append(_count.ToString(CultureInfo.InvariantCulture)).Append("\r\n\r\n")
            .Append(request.Method.Method).Append(' ').Append(address.AbsolutePath).Append(address.Query).Append(" HTTP/1.1\r\n");
        foreach (var header in request.Headers)
        {
            _text.Append(Plain(header.Name)).Append(": ").Append(Plain(header.Value)).Append("\r\n");
        }

        _text.Append("Content-Length: 0\r\n\r\n");
        _count++;
    }

    /// <summary>The whole body.</summary>
    public BinaryData Content() => BinaryData.FromString(_text.Append("--").Append(_boundary).Append("--\r\n").ToString());

    private static string Plain(string value)
        => value.Any(char.IsControl) ? throw new ArgumentException("A header cannot hold control characters.", nameof(value)) : value;
}
