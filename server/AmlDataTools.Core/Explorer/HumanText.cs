using System.Globalization;

namespace AmlDataTools.Core.Explorer;

/// <summary>Durations and moments in few words that a person can compare.</summary>
internal static class HumanText
{
    /// <summary><c>40 s</c>, <c>12 min</c>, <c>3 h 5 min</c>, <c>2 d 4 h</c>.</summary>
    public static string Duration(TimeSpan span)
    {
        var time = span < TimeSpan.Zero ? TimeSpan.Zero : span;
        var invariant = CultureInfo.InvariantCulture;
        return time switch
        {
            { TotalMinutes: < 1 } => string.Create(invariant, $"{time.Seconds} s"),
            { TotalHours: < 1 } => string.Create(invariant, $"{time.Minutes} min"),
            { TotalDays: < 1, Minutes: 0 } => string.Create(invariant, $"{time.Hours} h"),
            { TotalDays: < 1 } => string.Create(invariant, $"{time.Hours} h {time.Minutes} min"),
            { Hours: 0 } => string.Create(invariant, $"{time.Days} d"),
            _ => string.Create(invariant, $"{time.Days} d {time.Hours} h"),
        };
    }

    /// <summary><c>just now</c>, <c>5 min ago</c>, <c>2 h ago</c>, <c>yesterday</c>, <c>6 d ago</c>, then the date.</summary>
    public static string Ago(DateTimeOffset moment, DateTimeOffset now)
    {
        var age = now - moment;
        var invariant = CultureInfo.InvariantCulture;
        return age switch
        {
            { TotalMinutes: < 1 } => "just now",
            { TotalHours: < 1 } => string.Create(invariant, $"{age.Minutes} min ago"),
            { TotalDays: < 1 } => string.Create(invariant, $"{age.Hours} h ago"),
            { TotalDays: < 2 } => "yesterday",
            { TotalDays: < 30 } => string.Create(invariant, $"{age.Days} d ago"),
            _ => moment.UtcDateTime.ToString("yyyy-MM-dd", invariant),
        };
    }

    /// <summary><c>2023-01-05 10:42 UTC</c>.</summary>
    public static string Moment(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";
}
