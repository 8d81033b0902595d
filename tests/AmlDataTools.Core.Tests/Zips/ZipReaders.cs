using System.Diagnostics;
using System.IO.Compression;
using System.Security.Cryptography;
using Xunit;

namespace AmlDataTools.Core.Tests.Zips;

/// <summary>Zips as others read them: .NET, Info-ZIP, Python, 7-Zip, and libarchive from a pipe, which sees no directory.</summary>
internal static class ZipReaders
{
    /// <summary>Reads a zip with .NET, which checks lengths and checksums of what it reads.</summary>
    public static Dictionary<string, byte[]> Read(string zip)
    {
        using var archive = ZipFile.OpenRead(zip);
        return archive.Entries.ToDictionary(
            entry => entry.FullName,
            entry =>
            {
                using var content = entry.Open();
                using var bytes = new MemoryStream();
                content.CopyTo(bytes);
                Assert.Equal(Core.Transfer.Crc32.Of(bytes.ToArray()), entry.Crc32);
                return bytes.ToArray();
            },
            StringComparer.Ordinal);
    }

    /// <summary>All other readers find the zip sound, and those that read it as a stream find the same entries.</summary>
    public static void AssertSound(string zip)
    {
        Run("unzip", "-tqq", zip);
        Run("python3", "-c", "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); bad = z.testzip(); sys.exit(bad)", zip);
        Run("7z", "t", "-bd", zip);
        var listed = Run("bsdtar", "-tf", zip).Split('\n').Order(StringComparer.Ordinal);
        var streamed = Run("sh", "-c", "cat \"$1\" | bsdtar -tf -", "sh", zip).Split('\n').Order(StringComparer.Ordinal);
        Assert.Equal(listed, streamed);
        Run("sh", "-c", "cat \"$1\" | bsdtar -xOf - > /dev/null", "sh", zip);
        AssertSeamless(zip);
    }

    /// <summary>Every byte belongs to an entry or the directory: nothing lies hidden between.</summary>
    private static void AssertSeamless(string zip)
    {
        var script = """
            import sys, zipfile, struct
            f = open(sys.argv[1], 'rb')
            z = zipfile.ZipFile(f)
            at = 0
            for i in sorted(z.infolist(), key=lambda i: i.header_offset):
                assert i.header_offset == at, (i.filename, i.header_offset, at)
                f.seek(at)
                head = f.read(30)
                name, extra = struct.unpack('<HH', head[26:30])
                assert f.read(name).decode('utf-8') == i.filename
                assert i.create_system == 3 and i.compress_type == 0 and i.flag_bits == 0x800
                at += 30 + name + extra + i.file_size
            assert at == z.start_dir, (at, z.start_dir)
            """;
        Run("python3", "-c", script, zip);
    }

    /// <summary>SHA-256 in hex.</summary>
    public static string Sha(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static string Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {process.ExitCode}: {output} {errors.Result}");
        return output;
    }
}
