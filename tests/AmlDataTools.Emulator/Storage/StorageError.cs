using System.Globalization;
using System.Text;
using System.Xml;
using AmlDataTools.Emulator.Http;

namespace AmlDataTools.Emulator.Storage;

/// <summary>The blob service's error answers.</summary>
internal static class StorageError
{
    /// <summary>Writes an error as the blob service does: XML, and the code in a header too; HEAD gets the header alone.</summary>
    public static async Task WriteAsync(HttpContext http, ServiceException error)
    {
        var requestId = Guid.NewGuid().ToString();
        http.Response.StatusCode = error.Status;
        http.Response.Headers["x-ms-error-code"] = error.Code;
        http.Response.Headers["x-ms-request-id"] = requestId;
        http.Response.Headers["x-ms-version"] = http.Request.Headers["x-ms-version"].ToString() is { Length: > 0 } version ? version : "2021-08-06";
        foreach (var (name, value) in error.Headers)
        {
            http.Response.Headers[name] = value;
        }

        if (HttpMethods.IsHead(http.Request.Method) || error.Empty)
        {
            http.Response.ContentLength = 0;
            return;
        }

        var text = new StringBuilder();
        await using (var xml = XmlWriter.Create(text, new XmlWriterSettings { OmitXmlDeclaration = true, Async = true }))
        {
            await xml.WriteStartElementAsync(null, "Error", null);
            await xml.WriteElementStringAsync(null, "Code", null, error.Code);
            await xml.WriteElementStringAsync(null, "Message", null, string.Create(CultureInfo.InvariantCulture, $"{error.Message}\nRequestId:{requestId}\nTime:{DateTime.UtcNow:o}"));
            await xml.WriteEndElementAsync();
        }

        var bytes = Encoding.UTF8.GetBytes("<?xml version=\"1.0\" encoding=\"utf-8\"?>" + text);
        http.Response.ContentType = "application/xml";
        http.Response.ContentLength = bytes.Length;
        await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
    }

    /// <summary>No such blob.</summary>
    public static ServiceException BlobNotFound() => new(404, "BlobNotFound", "The specified blob does not exist.");

    /// <summary>The range begins after the end.</summary>
    public static ServiceException InvalidRange(long size) => new(416, "InvalidRange", "The range specified is invalid for the current size of the resource.")
    {
        Headers = [new("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes */{size}"))],
    };

    /// <summary>A condition header was not met.</summary>
    public static ServiceException ConditionNotMet(int status = 412) => new(status, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met.");

    /// <summary>The caller's role does not allow it.</summary>
    public static ServiceException PermissionMismatch() => new(403, "AuthorizationPermissionMismatch", "This request is not authorized to perform this operation using this permission.");

    /// <summary>The signature is wrong, or its time is over.</summary>
    public static ServiceException AuthenticationFailed(string detail) =>
        new(403, "AuthenticationFailed", "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature. " + detail);
}
