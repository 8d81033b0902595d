using System.Globalization;

namespace AmlDataTools.Emulator.Hosting;

/// <summary>What the emulator holds when it starts.</summary>
internal enum SeedKind
{
    /// <summary>A believable workspace.</summary>
    Sample,

    /// <summary>A workspace that holds nothing.</summary>
    Empty,

    /// <summary>100,000 runs and a run with 100,000 artifacts, computed when asked for.</summary>
    Large,
}

/// <summary>How the emulator was started.</summary>
/// <param name="Port">TLS port on the loopback address; 0 takes a free one.</param>
/// <param name="Seed">What it holds at the start.</param>
/// <param name="Azurite">Path of Azurite's blob entry point (JavaScript, run by node) or of a command.</param>
/// <param name="ExitWithStdin">End when standard input closes.</param>
internal sealed record EmulatorOptions(int Port, SeedKind Seed, string Azurite, bool ExitWithStdin)
{
    /// <summary>Where <c>npm ci</c> puts Azurite, relative to this project's folder.</summary>
    private const string AzuriteInModules = "node_modules/azurite/dist/src/blob/main.js";

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ArgumentException">An option is unknown or its value is not usable; the message says what to write.</exception>
    public static EmulatorOptions Parse(IReadOnlyList<string> args)
    {
        var options = new EmulatorOptions(0, SeedKind.Sample, string.Empty, false);
        for (var i = 0; i < args.Count; i++)
        {
            options = args[i] switch
            {
                "--port" => options with { Port = ParsePort(Value(args, ref i)) },
                "--seed" => options with { Seed = ParseSeed(Value(args, ref i)) },
                "--azurite" => options with { Azurite = Value(args, ref i) },
                "--exit-with-stdin" => options with { ExitWithStdin = true },
                _ => throw new ArgumentException($"Unknown option '{args[i]}'. Known: --port N, --seed sample|empty|large, --azurite PATH, --exit-with-stdin."),
            };
        }

        return options.Azurite.Length > 0 ? options : options with { Azurite = FindAzurite() };
    }

    /// <summary>Looks for Azurite in the module folder of this project, from the program's folder upwards.</summary>
    /// <exception cref="ArgumentException">It is not installed.</exception>
    public static string FindAzurite()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            foreach (var candidate in new[] { folder.FullName, Path.Combine(folder.FullName, "AmlDataTools.Emulator") })
            {
                var path = Path.Combine(candidate, AzuriteInModules);
                if (File.Exists(path))
                {
                    return path;
                }
            }
        }

        throw new ArgumentException("Azurite is not installed. Run 'npm ci' in tests/AmlDataTools.Emulator, or name it with --azurite PATH.");
    }

    private static string Value(IReadOnlyList<string> args, ref int i) =>
        i + 1 < args.Count ? args[++i] : throw new ArgumentException($"Option '{args[i]}' needs a value.");

    private static int ParsePort(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535
            ? port
            : throw new ArgumentException($"'{text}' is not a port. Give a number from 0 to 65535; 0 takes a free one.");

    private static SeedKind ParseSeed(string text) =>
        Enum.TryParse<SeedKind>(text, ignoreCase: true, out var seed) && Enum.IsDefined(seed)
            ? seed
            : throw new ArgumentException($"Unknown seed '{text}'. Known: sample, empty, large.");
}
