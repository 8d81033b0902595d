using System.Globalization;
using AmlDataTools.Emulator.Http;
using AmlDataTools.Emulator.State;

namespace AmlDataTools.Emulator.Storage.Shares;

/// <summary>One request for a file: Create File, Put Range, Set File Properties, Get File, Get File Properties, Delete File.</summary>
/// <param name="http">The request.</param>
/// <param name="share">The share.</param>
/// <param name="path">The file's path.</param>
internal sealed class FileContent(HttpContext http, FileShareState share, string path)
{
    private const int Piece = 64 * 1024;
    private const int MostHashed = 4 * 1024 * 1024;

    /// <summary>Answers it.</summary>
    public Task AnswerAsync(string comp) => (http.Request.Method, comp) switch
    {
        ("PUT", "") => Create(),
        ("PUT", "range") => WriteAsync(),
        ("PUT", "properties") => Set(),
        ("GET" or "HEAD", "") => ReadAsync(),
        ("DELETE", "") => Delete(),
        _ => throw new ServiceException(400, "UnsupportedHttpVerb", "The emulator does not have this operation of Azure Files."),
    };

    private string Header(string name) => http.Request.Headers[name].ToString();

    private ShareFile Find()
    {
        var (parent, node) = share.Find(path);
        return node as ShareFile ?? throw (parent is null ? FileError.ParentNotFound() : FileError.ResourceNotFound());
    }

    private static long Number(string text, string name) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw FileError.Invalid("InvalidHeaderValue", name);

    private Task Create()
    {
        FileFront.Valid(path);
        if (!Header("x-ms-type").Equals("file", StringComparison.OrdinalIgnoreCase))
        {
            throw FileError.MissingHeader("x-ms-type");
        }

        var length = Number(Header("x-ms-content-length"), "x-ms-content-length");
        ShareFile file;
        lock (share.Gate)
        {
            var (parent, node) = share.Find(path);
            if (parent is null)
            {
                throw FileError.ParentNotFound();
            }

            Changeable(node);
            var name = node?.Name ?? path[(path.LastIndexOf('/') + 1)..];
            file = new ShareFile { Name = name };
            file.Resize(length);
            Properties(file);
            parent.Nodes[name] = file;
        }

        return FileFront.Created(http, file);
    }

    private static void Changeable(ShareNode? node)
    {
        switch (node)
        {
            case ShareDirectory:
                throw FileError.TypeMismatch();
            case ShareFile { HeldBy: { } held }:
                throw FileError.Held(held);
            case ShareFile { ReadOnly: true }:
                throw FileError.ReadOnly();
        }
    }

    private void Properties(ShareFile file)
    {
        file.ContentMd5 = Header("x-ms-content-md5") is { Length: > 0 } md5 ? md5 : null;
        file.ContentType = Header("x-ms-content-type") is { Length: > 0 } type ? type : "application/octet-stream";
    }

    private Task Set()
    {
        ShareFile file;
        lock (share.Gate)
        {
            file = Find();
            Changeable(file);
            if (Header("x-ms-content-length") is { Length: > 0 } length)
            {
                file.Resize(Number(length, "x-ms-content-length"));
            }

            Properties(file);
            file.Touch();
        }

        FileFront.Describe(http, file);
        http.Response.ContentLength = 0;
        return Task.CompletedTask;
    }

    private async Task WriteAsync()
    {
        var range = Header("x-ms-range") is { Length: > 0 } own ? own : Header("Range");
        var ends = range.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase) ? range["bytes=".Length..].Split('-') : [];
        if (ends.Length != 2)
        {
            throw FileError.MissingHeader("x-ms-range");
        }

        var (start, end) = (Number(ends[0], "x-ms-range"), Number(ends[1], "x-ms-range") + 1);
        var clear = Header("x-ms-write").Equals("clear", StringComparison.OrdinalIgnoreCase);
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        if (!clear && (body.Length != end - start || body.Length > MostHashed))
        {
            throw FileError.Invalid("InvalidHeaderValue", "Content-Length");
        }

        ShareFile file;
        lock (share.Gate)
        {
            file = Find();
            Changeable(file);
            if (end > file.Length)
            {
                throw StorageError.InvalidRange(file.Length);
            }

            file.Write(start, clear ? new byte[end - start] : body.GetBuffer().AsSpan(0, (int)body.Length));

            // Documented: a written range leaves the file's own hash as it was told.
            file.Touch();
        }

        http.Response.Headers["Content-MD5"] = clear ? default : Convert.ToBase64String(System.Security.Cryptography.MD5.HashData(body.GetBuffer().AsSpan(0, (int)body.Length)));
        await FileFront.Created(http, file);
    }

    private async Task ReadAsync()
    {
        var header = Header("x-ms-range") is { Length: > 0 } own ? own : Header("Range");
        ShareFile file;
        long start = 0, end;
        var ranged = false;
        lock (share.Gate)
        {
            file = Find();
            end = file.Length;
            if (HttpMethods.IsGet(http.Request.Method) && header.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase) && header["bytes=".Length..].Split('-') is [var first, var last])
            {
                start = Number(first, "x-ms-range");
                end = last.Length == 0 ? end : Math.Min(Number(last, "x-ms-range") + 1, end);
                ranged = start < file.Length ? true : throw StorageError.InvalidRange(file.Length);
            }

            FileFront.Describe(http, file);
            http.Response.ContentType = file.ContentType;
            http.Response.ContentLength = end - start;
            http.Response.Headers.AcceptRanges = "bytes";
            http.Response.Headers["x-ms-type"] = "File";
            http.Response.Headers["x-ms-lease-status"] = "unlocked";
            http.Response.Headers["x-ms-lease-state"] = "available";
            if (ranged)
            {
                http.Response.StatusCode = 206;
                http.Response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {start}-{end - 1}/{file.Length}");
            }

            if (file.ContentMd5 is { } md5)
            {
                // As with blobs: of a range the whole file's hash has a header of its own.
                http.Response.Headers[ranged ? "x-ms-content-md5" : "Content-MD5"] = md5;
            }
        }

        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        // Not a copy of the moment: who writes meanwhile is seen by who reads.
        var buffer = new byte[Piece];
        for (var at = start; at < end;)
        {
            var count = (int)Math.Min(Piece, end - at);
            lock (share.Gate)
            {
                if (at + count > file.Length)
                {
                    http.Abort();
                    return;
                }

                file.Read(at, buffer.AsSpan(0, count));
            }

            await http.Response.Body.WriteAsync(buffer.AsMemory(0, count), http.RequestAborted);
            at += count;
        }
    }

    private Task Delete()
    {
        lock (share.Gate)
        {
            var file = Find();
            Changeable(file);
            share.Find(path).Parent?.Nodes.Remove(file.Name);
        }

        http.Response.StatusCode = 202;
        http.Response.ContentLength = 0;
        return Task.CompletedTask;
    }
}
