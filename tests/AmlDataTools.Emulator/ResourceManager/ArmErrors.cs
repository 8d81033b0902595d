using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AmlDataTools.Emulator.Http;

namespace AmlDataTools.Emulator.ResourceManager;

/// <summary>Resource Manager's error answers: its own short envelope, and the provider's long one.</summary>
internal static class ArmErrors
{
    /// <summary>Writes an error.</summary>
    public static async Task WriteAsync(Exchange exchange, ServiceException error, string location)
    {
        var headers = exchange.Http.Response.Headers;
        headers["x-ms-correlation-request-id"] = Guid.NewGuid().ToString();
        headers["x-ms-failure-cause"] = error.FromGateway ? "gateway" : "service";
        if (!error.FromGateway)
        {
            headers["x-ms-response-type"] = "error";
        }

        foreach (var (name, value) in error.Headers)
        {
            headers[name] = value;
        }

        if (error.Empty)
        {
            await exchange.EmptyAsync(error.Status);
            return;
        }

        var body = new JsonObject { ["code"] = error.Code, ["message"] = error.Message };
        if (!error.FromGateway)
        {
            body["details"] = error.Details?.DeepClone() ?? new JsonArray();
            body["additionalInfo"] = Additional(error, location);
        }

        await exchange.JsonAsync(new JsonObject { ["error"] = body }, error.Status);
    }

    /// <summary>A resource that Resource Manager itself does not find.</summary>
    public static ServiceException ResourceNotFound(string type, string name, string group) =>
        new(404, "ResourceNotFound", $"The Resource '{type}/{name}' under resource group '{group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix") { FromGateway = true };

    /// <summary>Someone may not do something.</summary>
    public static ServiceException Forbidden(string who, string objectId, string action, string scope) =>
        new(403, "AuthorizationFailed", $"The client '{who}' with object id '{objectId}' does not have authorization to perform action '{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.") { FromGateway = true };

    /// <summary>An error of the provider with its inner codes.</summary>
    public static ServiceException User(int status, string message, params string[] inner) => new(status, "UserError", message) { InnerCodes = inner };

    /// <summary>The nested inner error: the first code outermost.</summary>
    public static JsonNode? Inner(IReadOnlyList<string> codes) =>
        codes.Reverse().Aggregate((JsonNode?)null, (inner, code) => new JsonObject { ["code"] = code, ["innerError"] = inner });

    private static JsonArray Additional(ServiceException error, string location)
    {
        static JsonObject Entry(string type, JsonNode? value) => new() { ["type"] = type, ["info"] = new JsonObject { ["value"] = value } };
        var list = new JsonArray(
            Entry("ComponentName", "managementfrontend"),
            Entry("Correlation", new JsonObject
            {
                ["operation"] = RandomNumberGenerator.GetHexString(32, lowercase: true),
                ["request"] = RandomNumberGenerator.GetHexString(16, lowercase: true),
            }),
            Entry("Environment", location),
            Entry("Location", location),
            Entry("Time", JsonShape.Time(DateTimeOffset.UtcNow)));
        if (error.InnerCodes.Count > 0)
        {
            list.Add(Entry("InnerError", Inner(error.InnerCodes)));
        }

        if (error.Parameters is { } parameters)
        {
            list.Add(Entry("MessageFormat", parameters.Format));
            list.Add(Entry("MessageParameters", new JsonObject { [parameters.Name] = parameters.Value }));
        }

        return list;
    }
}
