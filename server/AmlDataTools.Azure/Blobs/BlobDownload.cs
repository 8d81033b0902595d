using Azure.Core;

namespace AmlDataTools.Azure.Blobs;

/// <summary>The answer to a read: headers now, body as a stream. Dispose it, or its connection is lost to others.</summary>
public sealed class BlobDownload : IDisposable
{
    private readonly HttpMessage _message;

    internal BlobDownload(HttpMessage message, Stream content, long length, BlobItem blob, string? requestId, int status)
    {
        _message = message;
        Content = content;
        Length = length;
        Blob = blob;
        RequestId = requestId;
        Status = status;
    }

    /// <summary>The bytes; ends early (or throws an <see cref="IOException"/>) when the connection is cut.</summary>
    public Stream Content { get; }

    /// <summary>How many bytes the body should have.</summary>
    public long Length { get; }

    /// <summary>The blob as its headers describe it; <see cref="BlobItem.Length"/> is the whole blob's.</summary>
    public BlobItem Blob { get; }

    /// <summary>The service's request id.</summary>
    public string? RequestId { get; }

    /// <summary>HTTP status: 200 or 206.</summary>
    public int Status { get; }

    /// <inheritdoc/>
    public void Dispose() => _message.Dispose();
}
