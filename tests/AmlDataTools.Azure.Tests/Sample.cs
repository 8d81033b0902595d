using System.Net;
using System.Text;
using System.Text.Json;

namespace AmlDataTools.Azure.Tests;

/// <summary>One recorded exchange of <c>Samples/</c>.</summary>
internal sealed class Sample
{
    private readonly JsonElement _response;

    private Sample(JsonElement response) => _response = response;

    public JsonElement Body => _response.GetProperty("body");

    public HttpStatusCode Status => (HttpStatusCode)_response.GetProperty("status").GetInt32();

    public static Sample Load(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Samples", name + ".json")));
        return new Sample(document.RootElement.GetProperty("response").Clone());
    }

    /// <summary>The answer as it was on the wire.</summary>
    public HttpResponseMessage ToResponse()
    {
        var text = Body.ValueKind switch
        {
            JsonValueKind.Null => string.Empty,
            JsonValueKind.String => Body.GetString() ?? string.Empty,
            _ => Body.GetRawText(),
        };
        var response = new HttpResponseMessage(Status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text)) };
        foreach (var header in _response.GetProperty("headers").EnumerateObject())
        {
            if (!response.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString()))
            {
                response.Content.Headers.TryAddWithoutValidation(header.Name, header.Value.GetString());
            }
        }

        return response;
    }
}
