using System.Text.Json;
using System.Xml;
using System.Xml.Linq;

namespace AmlDataTools.Azure.Http;

/// <summary>What an error body says, whichever service wrote it.</summary>
internal sealed record ErrorEnvelope(string? Code, string? Message, IReadOnlyList<string> InnerCodes, string? Correlation)
{
    private const int MaxInner = 16;

    /// <summary>Reads a body; one that is empty or in no known form gives an envelope that only has the header's code.</summary>
    /// <param name="body">The body.</param>
    /// <param name="headerCode">The <c>x-ms-error-code</c> header, which storage sends even without a body.</param>
    public static ErrorEnvelope Parse(ReadOnlyMemory<byte> body, string? headerCode)
    {
        var trimmed = body.Span.TrimStart(" \t\r\n\uFEFF"u8);
        var found = trimmed.IsEmpty ? null
            : trimmed[0] == (byte)'<' ? ParseXml(body)
            : trimmed[0] == (byte)'{' ? ParseJson(body)
            : null;
        found ??= new ErrorEnvelope(null, null, [], null);
        return found with { Code = headerCode ?? found.Code };
    }

    // Storage: <Error><Code/><Message>text\nRequestId:..\nTime:..</Message></Error>
    private static ErrorEnvelope? ParseXml(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var stream = new MemoryStream(body.ToArray());
            using var reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            var root = XElement.Load(reader);
            var message = root.Element("Message")?.Value;
            var requestId = message is null ? -1 : message.IndexOf("RequestId:", StringComparison.Ordinal);
            return new ErrorEnvelope(
                root.Element("Code")?.Value,
                requestId > 0 ? message?[..requestId].Trim() : message,
                [],
                requestId >= 0 ? message?[(requestId + "RequestId:".Length)..].Split('\n')[0].Trim() : null);
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static ErrorEnvelope? ParseJson(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            var error = root.Child("error") is { ValueKind: JsonValueKind.Object } inner ? inner : root;
            var codes = new List<string>();
            AddInner(error.Child("innerError"), codes);
            AddInner(error.Child("innererror"), codes);
            AddAdditional(error, codes, out var correlation);
            AddDetails(error, codes);

            // Run history puts the correlation beside the error: {"error":{...},"correlation":{"operation","request"}}
            correlation ??= CorrelationOf(root.Child("correlation"));
            return new ErrorEnvelope(error.Text("code"), error.Text("message"), codes, correlation);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void AddInner(JsonElement? inner, List<string> codes)
    {
        while (inner is { ValueKind: JsonValueKind.Object } level && codes.Count < MaxInner)
        {
            if (level.Text("code") is { Length: > 0 } code)
            {
                codes.Add(code);
            }

            inner = level.Child("innerError") ?? level.Child("innererror");
        }
    }

    private static void AddAdditional(JsonElement error, List<string> codes, out string? correlation)
    {
        correlation = null;
        foreach (var entry in error.Items("additionalInfo"))
        {
            var value = entry.Child("info")?.Child("value");
            if (entry.Text("type") == "InnerError")
            {
                AddInner(value, codes);
            }
            else if (entry.Text("type") == "Correlation")
            {
                correlation = CorrelationOf(value);
            }
        }
    }

    private static void AddDetails(JsonElement error, List<string> codes)
    {
        foreach (var detail in error.Items("details"))
        {
            if (codes.Count < MaxInner && detail.Text("code") is { Length: > 0 } code)
            {
                codes.Add(code);
            }
        }
    }

    private static string? CorrelationOf(JsonElement? value) => value?.Text("operation") ?? value?.Text("request");
}
