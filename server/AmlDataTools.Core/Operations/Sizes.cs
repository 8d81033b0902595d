using System.Globalization;

namespace AmlDataTools.Core.Operations;

/// <summary>Sizes and times for people.</summary>
internal static class Sizes
{
    private static readonly string[] Units = ["bytes", "KB", "MB", "GB", "TB", "PB"];

    /// <summary>A number of bytes: <c>1.2 GB</c>, powers of 1,024 as file managers count.</summary>
    public static string Text(long bytes)
    {
        double value = bytes;
        var unit = 0;
        while (value >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return unit == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes:N0} {(bytes == 1 ? "byte" : "bytes")}")
            : string.Create(CultureInfo.InvariantCulture, $"{value.ToString(value >= 100 ? "N0" : "0.#", CultureInfo.InvariantCulture)} {Units[unit]}");
    }

    /// <summary>A count with its noun: <c>1 file</c>, <c>1,204 files</c>.</summary>
    public static string Count(long count, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {noun}{(count == 1 ? string.Empty : "s")}");

    /// <summary>A moment: <c>2026-11-20 21:30:05 UTC</c>.</summary>
    public static string Moment(long unixMilliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
