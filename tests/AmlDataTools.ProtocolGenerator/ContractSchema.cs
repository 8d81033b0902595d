using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using AmlDataTools.Server.Protocol;

namespace AmlDataTools.ProtocolGenerator;

/// <summary>
/// The contract as one JSON document: <c>methods</c> with their names, sides and types, and <c>definitions</c> with a JSON
/// schema for every type they name. Made from the very metadata the sidecar serializes with.
/// </summary>
internal sealed class ContractSchema(XmlDocs docs)
{
    private const string ReferencePrefix = "#/definitions/";
    private readonly JsonObject _definitions = [];
    private readonly NullabilityInfoContext _nullability = new();

    /// <summary>Makes the document.</summary>
    public JsonObject Build()
    {
        var methods = new JsonArray();
        var contracts = typeof(RpcContractAttribute).Assembly.GetTypes()
            .Select(type => (type, contract: type.GetCustomAttribute<RpcContractAttribute>()))
            .Where(x => x.contract is not null)
            .OrderBy(x => x.contract?.Side).ThenBy(x => x.type.Name, StringComparer.Ordinal);
        foreach (var (type, contract) in contracts)
        {
            foreach (var method in type.GetMethods().OrderBy(m => m.MetadataToken))
            {
                methods.Add(Method(method, contract?.Side ?? RpcSide.Server));
            }
        }

        Define(typeof(ErrorData));
        var version = typeof(ProtocolVersions).GetField(nameof(ProtocolVersions.Current)) ?? throw new MissingFieldException();
        return new JsonObject
        {
            ["protocolVersion"] = new JsonObject { ["value"] = ProtocolVersions.Current, ["description"] = docs.Summary(version) },
            ["methods"] = methods,
            ["definitions"] = _definitions,
        };
    }

    private JsonObject Method(MethodInfo method, RpcSide side)
    {
        var where = $"{method.DeclaringType?.Name}.{method.Name}";
        var request = method.GetCustomAttribute<RpcRequestAttribute>();
        var name = request?.Name ?? method.GetCustomAttribute<RpcNotificationAttribute>()?.Name
            ?? throw new InvalidDataException($"{where} has neither RpcRequest nor RpcNotification.");
        if (method.GetParameters() is not [var parameters, var token] || token.ParameterType != typeof(CancellationToken))
        {
            throw new InvalidDataException($"{where} must take one object and a CancellationToken.");
        }

        Type? result = method.ReturnType.IsGenericType ? method.ReturnType.GetGenericArguments()[0] : null;
        if (request is null != result is null)
        {
            throw new InvalidDataException($"{where}: a request returns Task<T>, a notification Task.");
        }

        var json = new JsonObject
        {
            ["name"] = name,
            ["side"] = side == RpcSide.Server ? "server" : "client",
            ["kind"] = request is null ? "notification" : "request",
            ["params"] = Define(parameters.ParameterType),
        };
        if (result is not null)
        {
            json["result"] = Define(result);
        }

        if (request?.Progress is { } progress)
        {
            if (parameters.ParameterType.GetProperty("ProgressToken") is null)
            {
                throw new InvalidDataException($"{where} reports progress, so its parameters need a ProgressToken.");
            }

            json["progress"] = Define(progress);
        }

        json["description"] = docs.Summary(method);
        return json;
    }

    /// <summary>Adds a type to the definitions, and what it refers to after it.</summary>
    private string Define(Type type)
    {
        if (_definitions.ContainsKey(type.Name))
        {
            return type.Name;
        }

        var info = ProtocolJsonContext.Default.GetTypeInfo(type)
            ?? throw new InvalidDataException($"{type.Name} is not in {nameof(ProtocolJsonContext)}.");
        var referred = new Dictionary<string, Type>(StringComparer.Ordinal);
        _definitions[type.Name] = null;
        var schema = info.GetJsonSchemaAsNode(new JsonSchemaExporterOptions
        {
            TreatNullObliviousAsNonNullable = true,
            TransformSchemaNode = (context, node) => Transform(type, context, node, referred),
        });
        if (schema is JsonObject root)
        {
            root["description"] = Description(type);
            if (info.Kind == JsonTypeInfoKind.Object)
            {
                root["additionalProperties"] = false;
            }
        }

        _definitions[type.Name] = schema;
        foreach (var name in References(schema))
        {
            Define(referred[name]);
        }

        return type.Name;
    }

    // The exporter writes everything in place, innermost first: types of the contract become references here, and only the
    // members of the outermost type get their description.
    private JsonNode Transform(Type root, JsonSchemaExporterContext context, JsonNode node, Dictionary<string, Type> referred)
    {
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        if (!context.Path.IsEmpty && type.Namespace == typeof(RpcContractAttribute).Namespace)
        {
            referred[type.Name] = type;
            var reference = new JsonObject { ["$ref"] = ReferencePrefix + type.Name };
            node = IsNullable(context) ? new JsonObject { ["anyOf"] = new JsonArray(reference, new JsonObject { ["type"] = "null" }) } : reference;
        }

        if (context.PropertyInfo is { } property && property.DeclaringType == root && node is JsonObject json)
        {
            var member = root.GetProperties().Single(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name) == property.Name);
            json["description"] = docs.Parameter(root, member.Name);
        }

        return node;
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject json when json["$ref"] is { } reference => [reference.GetValue<string>()[ReferencePrefix.Length..]],
        JsonObject json => json.SelectMany(member => References(member.Value)),
        JsonArray array => array.SelectMany(References),
        _ => [],
    };

    private bool IsNullable(JsonSchemaExporterContext context) =>
        Nullable.GetUnderlyingType(context.TypeInfo.Type) is not null
        || (context.PropertyInfo?.AttributeProvider is PropertyInfo property && _nullability.Create(property).ReadState == NullabilityState.Nullable);

    private string Description(Type type)
    {
        var summary = docs.Summary(type);
        if (!type.IsEnum)
        {
            return summary;
        }

        var members = Enum.GetNames(type).Select(name =>
            $"- `{JsonNamingPolicy.CamelCase.ConvertName(name)}`: {docs.Summary(type.GetField(name) ?? throw new MissingFieldException(type.Name, name))}");
        return $"{summary}\n{string.Join('\n', members)}";
    }
}
