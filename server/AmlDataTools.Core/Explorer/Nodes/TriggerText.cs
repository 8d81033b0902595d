using System.Globalization;
using System.Text.Json;
using AmlDataTools.Azure.Http;

namespace AmlDataTools.Core.Explorer.Nodes;

/// <summary>When a schedule runs, in words.</summary>
internal static class TriggerText
{
    /// <summary><c>every 2 weeks on Monday at 02:15 UTC</c>, <c>cron 15 2 * * * UTC</c>; null when the service does not tell.</summary>
    /// <param name="trigger">The schedule's trigger.</param>
    public static string? Of(JsonElement? trigger)
    {
        if (trigger is not { } it)
        {
            return null;
        }

        var zone = it.Text("timeZone");
        if (it.Text("expression") is { Length: > 0 } expression)
        {
            return $"cron {expression} {zone}".TrimEnd();
        }

        if (it.Text("frequency") is not { Length: > 0 } frequency)
        {
            return it.Text("triggerType") is { Length: > 0 } type ? type.ToLowerInvariant() : null;
        }

        var interval = Number(it, "interval") ?? 1;
        var unit = frequency.ToLowerInvariant();
        var plan = it.Child("schedule") ?? default;
        var days = string.Join(", ", plan.Items("weekDays").Select(day => day.GetString()).OfType<string>());
        var dates = string.Join(", ", plan.Items("monthDays").Select(day => day.GetRawText()));
        return string.Join(' ', new[]
        {
            interval == 1 ? $"every {unit}" : string.Create(CultureInfo.InvariantCulture, $"every {interval} {unit}s"),
            days.Length > 0 ? "on " + days : dates.Length > 0 ? "on day " + dates : null,
            Times(plan) is { Length: > 0 } times ? $"at {times} {zone}".TrimEnd() : null,
        }.OfType<string>());
    }

    private static string Times(JsonElement plan)
    {
        int[] minutes = [.. Numbers(plan, "minutes")];
        return string.Join(", ", Numbers(plan, "hours")
            .SelectMany(hour => (minutes.Length == 0 ? [0] : minutes).Select(minute => string.Create(CultureInfo.InvariantCulture, $"{hour:00}:{minute:00}")))
            .Take(4));
    }

    private static IEnumerable<int> Numbers(JsonElement element, string name)
        => element.Items(name).Where(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out _)).Select(item => item.GetInt32());

    private static int? Number(JsonElement element, string name)
        => element.Child(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : null;
}
