using System.Globalization;
using System.Text.Json;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;
using Microsoft.Extensions.Logging;

namespace AmlDataTools.Core.RetentionRules;

/// <summary>
/// The rules of all windows, in one file that is replaced as a whole under a lock. One that cannot be read is kept aside and
/// said, never written over.
/// </summary>
/// <param name="folder">The storage folder.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For the log.</param>
internal sealed class RetentionStore(string folder, TimeProvider time, ILogger logger)
{
    private const int Version = 1;
    private const int MostRules = 500;
    private const long Largest = 8 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private string FilePath => Path.Combine(folder, "retention.json");

    /// <summary>The rules.</summary>
    /// <param name="cancellationToken">Ends the wait for the lock.</param>
    /// <returns>The rules, and what is to be said of a damaged file.</returns>
    /// <exception cref="ProblemException"><c>retention.newerFile</c>, <c>storage.busy</c>, <c>disk.*</c>.</exception>
    public async Task<(IReadOnlyList<RetentionRule> Rules, string? Notice)> ReadAsync(CancellationToken cancellationToken)
    {
        if (Load() is { } rules)
        {
            return (rules, null);
        }

        using var taken = await LockAsync(cancellationToken).ConfigureAwait(false);
        return LoadOrSetAside();
    }

    /// <summary>Changes the rules.</summary>
    /// <param name="change">From the rules as they are to those that are to be.</param>
    /// <param name="cancellationToken">Ends the wait for the lock.</param>
    /// <exception cref="ProblemException"><c>retention.tooMany</c>, <c>retention.newerFile</c>, <c>storage.busy</c>, <c>disk.*</c>, or what the change refuses.</exception>
    public async Task<(IReadOnlyList<RetentionRule> Rules, string? Notice)> ChangeAsync(Func<IReadOnlyList<RetentionRule>, IReadOnlyList<RetentionRule>> change, CancellationToken cancellationToken)
    {
        using var taken = await LockAsync(cancellationToken).ConfigureAwait(false);
        var (before, notice) = LoadOrSetAside();
        var after = change(before);
        if (after.Count > MostRules)
        {
            throw new ProblemException("retention.tooMany", $"There are {MostRules} rules already. Remove some first.");
        }

        LocalDisk.Try(FilePath, () =>
        {
            var temporary = FilePath + ".tmp";
            using (var file = File.Create(temporary))
            {
                JsonSerializer.Serialize(file, new RetentionFile(Version, after), RetentionJson.Default.RetentionFile);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, FilePath, overwrite: true);
        });
        return (after, notice);
    }

    private Task<IDisposable> LockAsync(CancellationToken cancellationToken) => FileLock.TakeAsync(Path.Combine(folder, "retention.lock"), Patience, time, cancellationToken);

    private (IReadOnlyList<RetentionRule> Rules, string? Notice) LoadOrSetAside()
    {
        if (Load() is { } rules)
        {
            return (rules, null);
        }

        var aside = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"retention.damaged-{time.GetUtcNow():yyyyMMdd-HHmmss}-{Guid.NewGuid().ToString("N")[..4]}.json"));
        LocalDisk.Try(aside, () => File.Move(FilePath, aside));
        logger.LogWarning("The file of the retention rules was damaged and is kept as {Path}.", aside);
        return ([], $"The file of the retention rules was damaged. It is kept as {aside}; the list begins anew.");
    }

    /// <summary>The rules; null when the file is there and cannot be understood.</summary>
    private IReadOnlyList<RetentionRule>? Load()
    {
        try
        {
            using var file = new FileStream(FilePath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (file.Length > Largest)
            {
                return null;
            }

            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);

            // An editor may have put a byte order mark before it.
            var text = bytes.AsSpan().StartsWith("\uFEFF"u8) ? bytes.AsSpan(3) : bytes;
            if (VersionOf(text) is > Version and var newer)
            {
                throw new ProblemException("retention.newerFile", $"The retention rules were written by a newer version of the extension (form {newer}). Update it; the rules are left as they are.") { Target = FilePath };
            }

            return JsonSerializer.Deserialize(text, RetentionJson.Default.RetentionFile) is { Version: Version, Rules: { } rules } && rules.All(rule => rule is not null && Enum.IsDefined(rule.Action))
                && rules.Select(rule => rule.Id).Distinct(StringComparer.Ordinal).Count() == rules.Count ? rules : null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (JsonException)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw LocalDisk.Problem(FilePath, exception);
        }
    }

    private static int? VersionOf(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        using var document = JsonDocument.ParseValue(ref reader);
        return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("version", out var version) && version.ValueKind == JsonValueKind.Number && version.TryGetInt32(out var number) ? number : null;
    }
}
