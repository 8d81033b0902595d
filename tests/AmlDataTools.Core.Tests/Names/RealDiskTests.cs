using AmlDataTools.Core.Names;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Core.Tests.Names;

/// <summary>Every mapped name is really made, and found again under exactly that name.</summary>
public sealed class RealDiskTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void EveryMappedNameCanBeMadeAndReadBack()
    {
        string[] names =
        [
            "..", "../../x", "/etc/passwd", "a/../b", "a//b", "a", "a/b", "A/b", "Logs/x", "logs/x", "logs", "nul", "con.txt",
            "C:\\x", "x\0y", "x\ny", "\uD800", "é", "e\u0301", "dot.", "space ", "%", "%41", "~long/x", "%2e%2e/x",
            .. NastyNames.Name.Sample(150, 20), .. NastyNames.ClashingListing.Sample(20, 20).SelectMany(n => n),
        ];
        var destination = Path.Combine(_folder.Root, "destination");
        var maker = new DirectoryMaker(destination);
        var mapper = new LocalNameMapper([]);
        var written = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < names.Length; i++)
        {
            var path = mapper.Map(i % 3 == 0 ? "run_1/" : "", names[i]).Path;
            Assert.NotNull(path);
            var full = maker.EnsureParent(path);
            PathGuard.EnsureNoLink(full);
            using (var stream = new FileStream(full, FileMode.CreateNew))
            using (var writer = new StreamWriter(stream))
            {
                writer.Write(i);
            }

            written.Add(full, i.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        Assert.Equal([destination], Directory.GetFileSystemEntries(_folder.Root));
        var found = Directory.GetFiles(destination, "*", SearchOption.AllDirectories);
        Assert.Equal(written.Keys.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        Assert.All(found, file => Assert.Equal(written[file], File.ReadAllText(file)));
    }
}
