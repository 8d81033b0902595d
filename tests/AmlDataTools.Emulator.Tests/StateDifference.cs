using System.Text.Json.Nodes;

namespace AmlDataTools.Emulator.Tests;

/// <summary>What differs between two states: the paths of what is gone, new or changed.</summary>
internal static class StateDifference
{
    /// <summary>Paths with <c>-</c>, <c>+</c> or <c>~</c> before them, in order.</summary>
    public static IReadOnlyList<string> Of(JsonNode before, JsonNode after)
    {
        var found = new List<string>();
        Walk(before, after, string.Empty, found);
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private static void Walk(JsonNode? before, JsonNode? after, string path, List<string> found)
    {
        if (JsonNode.DeepEquals(before, after))
        {
            return;
        }

        if (before is not JsonObject left || after is not JsonObject right)
        {
            found.Add("~" + path);
            return;
        }

        foreach (var name in left.Select(p => p.Key).Union(right.Select(p => p.Key)))
        {
            var here = path.Length == 0 ? name : $"{path}|{name}";
            if (!right.ContainsKey(name))
            {
                found.Add("-" + here);
            }
            else if (!left.ContainsKey(name))
            {
                found.Add("+" + here);
            }
            else
            {
                Walk(left[name], right[name], here, found);
            }
        }
    }
}
