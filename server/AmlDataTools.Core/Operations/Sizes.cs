using System.Globalization;

namespace AmlDataTools.Core.Operations;

/// <summary>Sizes and times for people.</summary>
internal static class Sizes
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB", "PB"];

    /// <summary>
    /// A number of bytes: <c>512 B</c>, <c>35.2 KB</c>, <c>1.2 GB</c>. Powers of 1,024 as file managers count, one decimal below
    /// 100, halves up, and never 1,024 of a unit. The extension's <c>formatBytes</c> gives the same.
    /// </summary>
    public static string Text(long bytes)
    {
        double value = Math.Max(0, bytes);
        var unit = 0;
        while (unit < Units.Length - 1 && value >= (unit == 0 ? 1024 : 1023.5))
        {
            value /= 1024;
            unit++;
        }

        // Rounded here rather than by a format: formats differ between languages in what they do with halves.
        var tenths = Math.Floor((value * 10) + 0.5) / 10;
        var rounded = unit == 0 || tenths >= 100 ? Math.Floor(value + 0.5) : tenths;
        return string.Create(CultureInfo.InvariantCulture, $"{rounded:#,0.#} {Units[unit]}");
    }

    /// <summary>A count with its noun: <c>1 file</c>, <c>1,204 files</c>.</summary>
    public static string Count(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? string.Empty : "s")}");

    /// <summary>The day of a moment, in UTC whatever the machine's zone: <c>2026-12-04 (UTC)</c>.</summary>
    public static string Day(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd '(UTC)'", CultureInfo.InvariantCulture);

    /// <summary>A moment: <c>2026-11-20 21:30:05 UTC</c>.</summary>
    public static string Moment(long unixMilliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
