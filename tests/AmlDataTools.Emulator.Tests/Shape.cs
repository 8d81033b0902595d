using System.Text.Json;
using System.Text.Json.Nodes;

namespace AmlDataTools.Emulator.Tests;

/// <summary>Compares an answer with a sample: every key of the sample is there, with a value of the same JSON type.</summary>
internal static class Shape
{
    /// <summary>Keys under which names are data, not shape: only the first values are compared.</summary>
    private static readonly HashSet<string> Maps = new(StringComparer.Ordinal)
    {
        "tags", "properties", "actionUris", "services", "jobs", "logFiles", "parameters", "Jobs", "Outputs", "Inputs", "OutputBindings", "InputBindings", "inputs", "outputs", "values", "searchSpace",
        "environmentVariables", "flavors", "traffic", "mirrorTraffic", "Settings", "settings", "propertyBag", "Tags", "Properties",
    };

    /// <summary>What the answer lacks or has of another type, as paths.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="actual">The answer.</param>
    /// <param name="optional">Keys that may be null or missing because the sampled thing was in another state.</param>
    public static IReadOnlyList<string> Differences(JsonNode? sample, JsonNode? actual, IReadOnlyCollection<string> optional)
    {
        var found = new List<string>();
        Compare(sample, actual, "$", found, optional, map: false);
        return found;
    }

    private static void Compare(JsonNode? sample, JsonNode? actual, string path, List<string> found, IReadOnlyCollection<string> optional, bool map)
    {
        if (sample is null)
        {
            return;
        }

        if (actual is null || Kind(sample) != Kind(actual))
        {
            found.Add($"{path}: {Kind(sample)} in the sample, {(actual is null ? "null" : Kind(actual))} here");
            return;
        }

        if (sample is JsonArray list && actual is JsonArray other)
        {
            if (list.Count > 0 && other.Count > 0)
            {
                Compare(list[0], other[0], path + "[0]", found, optional, map: false);
            }

            return;
        }

        if (sample is not JsonObject members || actual is not JsonObject has)
        {
            return;
        }

        if (map)
        {
            if (members.Count > 0 && has.Count > 0 && members.First().Value is JsonObject first)
            {
                Compare(first, has.First().Value, path + ".*", found, optional, map: false);
            }

            return;
        }

        foreach (var (name, value) in members)
        {
            if (optional.Contains(name) && has[name] is null)
            {
                continue;
            }

            if (!has.ContainsKey(name))
            {
                found.Add($"{path}.{name}: missing");
            }
            else
            {
                // The resource's own `properties` is its shape; the one inside it is data.
                Compare(value, has[name], $"{path}.{name}", found, optional, Maps.Contains(name) && !(name == "properties" && IsEnvelope(members)));
            }
        }
    }

    private static bool IsEnvelope(JsonObject node) =>
        (node.ContainsKey("name") && (node.ContainsKey("id") || node.ContainsKey("systemData"))) || node.ContainsKey("computeType");

    private static string Kind(JsonNode node) => node.GetValueKind() is var kind && kind is JsonValueKind.True or JsonValueKind.False ? "Boolean" : kind.ToString();
}
