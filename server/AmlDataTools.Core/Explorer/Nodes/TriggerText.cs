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

        var every = Every(frequency, Number(it, "interval") ?? 1);
        var plan = it.Child("schedule") ?? default;
        var days = string.Join(", ", plan.Items("weekDays").Select(day => Day(day.GetString())).OfType<string>());
        var dates = string.Join(", ", plan.Items("monthDays").Select(day => day.GetRawText()));
        var times = Times(plan) is { Length: > 0 } hours ? $"{hours} {zone}".TrimEnd() : string.Empty;
        return (days.Length > 0, dates.Length > 0, times.Length > 0) switch
        {
            (true, _, true) => $"{every} on {days} at {times}",
            (true, _, false) => $"{every} on each {days}",
            (false, true, true) => $"{every} on day {dates} at {times}",
            (false, true, false) => $"{every} on day {dates}",
            (false, false, true) => $"{every} at {times}",
            _ => every,
        };
    }

    // Whole phrases: other languages count minutes otherwise than with an s at the end.
    private static string Every(string frequency, int interval)
    {
        var count = interval.ToString(CultureInfo.InvariantCulture);
        return frequency.ToUpperInvariant() switch
        {
            "MINUTE" => interval == 1 ? "every minute" : $"every {count} minutes",
            "HOUR" => interval == 1 ? "every hour" : $"every {count} hours",
            "DAY" => interval == 1 ? "every day" : $"every {count} days",
            "WEEK" => interval == 1 ? "every week" : $"every {count} weeks",
            "MONTH" => interval == 1 ? "every month" : $"every {count} months",
            _ => $"{count} x {frequency.ToLowerInvariant()}",
        };
    }

    private static string? Day(string? day) => day?.ToUpperInvariant() switch
    {
        "MONDAY" => "Monday",
        "TUESDAY" => "Tuesday",
        "WEDNESDAY" => "Wednesday",
        "THURSDAY" => "Thursday",
        "FRIDAY" => "Friday",
        "SATURDAY" => "Saturday",
        "SUNDAY" => "Sunday",
        _ => day,
    };

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
