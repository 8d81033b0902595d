using System.Text;
using AmlDataTools.Core.Names;
using Xunit;

namespace AmlDataTools.Core.Tests.Names;

public class LocalNameMapperTests
{
    [Fact]
    public void NothingEscapesAndEverySegmentIsPortable() => NastyNames.Check(NastyNames.Name, name =>
    {
        var root = Path.GetFullPath(Path.Combine(Path.GetTempPath(), "destination"));
        var mapped = new LocalNameMapper([]).Map("run_1/", name);

        Assert.NotNull(mapped.Path);
        Assert.StartsWith("run_1/", mapped.Path, StringComparison.Ordinal);
        SafeNames.AssertPortable(mapped.Path);
        Assert.StartsWith(
            root + Path.DirectorySeparatorChar, Path.GetFullPath(Path.Combine(root, mapped.Path)), StringComparison.Ordinal);
        Assert.StartsWith(root, PathGuard.EnsureInside(root, mapped.Path), StringComparison.Ordinal);
    }, 3000);

    [Fact]
    public void NothingClashesOnTheMostForgivingFileSystem() => NastyNames.Check(NastyNames.ClashingListing, names =>
    {
        var mapper = new LocalNameMapper(["manifest.json"]);
        var disk = new ForgivingFileSystem();
        Assert.Null(disk.Write("manifest.json"));
        foreach (var name in names)
        {
            var mapped = mapper.Map("", name);
            Assert.NotNull(mapped.Path);
            Assert.Null(disk.Write(mapped.Path));
            SafeNames.AssertPortable(mapped.Path);
        }
    }, 3000);

    [Fact]
    public void TheModelTellsClashesFromOthers()
    {
        Assert.Equal(ForgivingFileSystem.Key("Straße/É"), ForgivingFileSystem.Key("STRASSE/e\u0301"));
        Assert.Equal(ForgivingFileSystem.Key("q\u0307\u0323"), ForgivingFileSystem.Key("Q\u0323\u0307"));
        Assert.NotEqual(ForgivingFileSystem.Key("e"), ForgivingFileSystem.Key("é"));
        var disk = new ForgivingFileSystem();
        Assert.Null(disk.Write("a/b"));
        Assert.NotNull(disk.Write("A/c"));
        Assert.NotNull(disk.Write("a"));
        Assert.NotNull(disk.Write("a/b/c"));
        Assert.NotNull(disk.Write("a/B"));
    }

    [Fact]
    public void TheSameNamesInTheSameOrderGetTheSamePaths() => NastyNames.Check(NastyNames.ClashingListing, names =>
        Assert.Equal(MapAll(names), MapAll(names)));

    [Fact]
    public void AFolderOfTheSourceIsOneFolderHere() => NastyNames.Check(NastyNames.ClashingListing, names =>
    {
        var mapper = new LocalNameMapper([]);
        var folders = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var path = mapper.Map("", name).Path;
            var folder = name[..(name.LastIndexOf('/') + 1)];
            var local = path?[..(path.LastIndexOf('/') + 1)];
            Assert.NotNull(local);
            if (!local.StartsWith("~long", StringComparison.Ordinal))
            {
                Assert.Equal(folders.TryAdd(folder, local) ? local : folders[folder], local);
            }
        }
    });

    [Fact]
    public void NamesThatDifferByCaseOnlyGetAHash()
    {
        Assert.Equal(
            ["Logs/x.txt", $"logs~{Hash("logs", 8)}/y.txt", $"logs~{Hash("logs", 8)}/z.txt", "Logs/w.txt"],
            MapAll("Logs/x.txt", "logs/y.txt", "logs/z.txt", "Logs/w.txt"));
        Assert.Equal(["A.txt", "a~" + Hash("a.txt", 8) + ".txt"], MapAll("A.txt", "a.txt"));
    }

    [Fact]
    public void AFileWhereAFolderIsGetsAHashAndTheOtherWayRound()
    {
        Assert.Equal(["a", "a~" + Hash("a", 8) + "/b", "a~" + Hash("a", 8) + "/c"], MapAll("a", "a/b", "a/c"));
        Assert.Equal(["a/b", "a~" + Hash("a", 8)], MapAll("a/b", "a"));
    }

    [Fact]
    public void TheSameNameAgainIsAnotherFile()
    {
        var h = Hash("d/a.txt", 16);
        Assert.Equal(
            ["d/a.txt", $"d/a~{h[..8]}.txt", $"d/a~{h}.txt", $"d/a~{h}-2.txt", $"d/a~{h}-3.txt"],
            MapAll(Enumerable.Repeat("d/a.txt", 5).ToArray()));
    }

    [Fact]
    public void ANameThatLooksLikeAnAlternativeIsAClashLikeAnother()
    {
        var h = Hash("a", 16);
        Assert.Equal(
            [$"a~{h[..8]}", $"a~{h}", $"a~{h}-2", "a", $"a~{h}-3"], MapAll($"a~{h[..8]}", $"a~{h}", $"a~{h}-2", "a", "a"));
    }

    [Fact]
    public void ReservedPathsStayFree()
    {
        var mapper = new LocalNameMapper(["Manifest.json", "state/", "state/journal", "run/receipt.md"]);

        Assert.Equal("manifest~" + Hash("manifest.json", 8) + ".json", mapper.Map("", "manifest.json").Path);
        Assert.Equal("state~" + Hash("state", 8) + "/x", mapper.Map("", "state/x").Path);
        Assert.Equal("run/x", mapper.Map("", "run/x").Path);
        Assert.Equal("RUN~" + Hash("RUN", 8) + "/x", mapper.Map("", "RUN/x").Path);
        Assert.Equal("run/Receipt~" + Hash("Receipt.MD", 8) + ".MD", mapper.Map("run/", "Receipt.MD").Path);
    }

    [Fact]
    public void TheCallersFoldersClashToo()
    {
        var mapper = new LocalNameMapper([]);

        Assert.Equal("run", mapper.Map("", "run").Path);
        Assert.Equal("run~" + Hash("run", 8) + "/x", mapper.Map("run/", "x").Path);
        Assert.Equal("a/B/x", mapper.Map("a/B/", "x").Path);
        Assert.Equal(
            new MappedName("a/b~" + Hash("a/b", 8) + "/x", NameChange.Disambiguated, null), mapper.Map("a/b/", "x"));
        Assert.Equal("a/B/y", mapper.Map("a/B/", "y").Path);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("/a/")]
    [InlineData("../")]
    [InlineData("a/./")]
    [InlineData("a//")]
    [InlineData("con/")]
    [InlineData("a:b/")]
    [InlineData("a\\b/")]
    public void AnUnsafeFolderIsAMistakeOfTheCaller(string folder) =>
        Assert.Throws<ArgumentException>(() => new LocalNameMapper([]).Map(folder, "x"));

    [Fact]
    public void OnlyAnEmptyNameIsRefused()
    {
        var mapped = new LocalNameMapper([]).Map("run/", "");

        Assert.Null(mapped.Path);
        Assert.NotNull(mapped.Refusal);
    }

    [Fact]
    public void ALongSegmentKeepsItsHeadAndItsExtension()
    {
        var mapper = new LocalNameMapper([]);
        var name = "d/" + new string('é', 200) + ".tar.gz";

        var mapped = mapper.Map("", name);

        Assert.Equal(NameChange.Shortened, mapped.Change);
        Assert.Equal("d/" + new string('é', 110) + "~" + Hash(name, 16) + ".gz", mapped.Path);
        Assert.Equal(new string('a', 240), mapper.Map("", new string('a', 240)).Path);
        Assert.Equal(NameChange.Shortened, mapper.Map("", new string('a', 241)).Change);
        Assert.Equal(NameChange.Encoded | NameChange.Shortened, mapper.Map("", new string(':', 81)).Change);
        Assert.EndsWith("%3A%3A~" + Hash(new string(':', 82), 16), mapper.Map("", new string(':', 82)).Path, StringComparison.Ordinal);
    }

    [Fact]
    public void ALongFolderIsShortenedOnceForAllItsFiles()
    {
        var folder = new string('f', 300);
        var paths = MapAll(folder + "/a", "b", folder + "/c");

        Assert.Equal(new string('f', 223) + "~" + Hash(folder, 16) + "/a", paths[0]);
        Assert.Equal(paths[0][..^1] + "c", paths[2]);
    }

    [Fact]
    public void ATooLongPathMovesToAFolderOfItsOwn()
    {
        var mapper = new LocalNameMapper([]);
        var deep = string.Concat(Enumerable.Repeat("0123456789/", 200));

        var mapped = mapper.Map("run/", deep + "metrics.json");

        Assert.Equal("run/~long/" + Hash(deep + "metrics.json", 32) + "-metrics.json", mapped.Path);
        Assert.Equal(NameChange.Shortened, mapped.Change);
        var again = mapper.Map("run/", deep + "metrics.json").Path;
        Assert.NotEqual(mapped.Path, again);
        Assert.StartsWith("run/~long/", again, StringComparison.Ordinal);
        Assert.Equal("run/~long~" + Hash("~long", 8) + "/x", mapper.Map("run/", "~long/x").Path);
    }

    [Theory]
    [InlineData("Å.txt", "A\u030A.TXT")]
    [InlineData("\u212B", "å")]
    [InlineData("Straße", "STRASSE")]
    [InlineData("ẞ", "ss")]
    [InlineData("\u212Aelvin", "kelvin")]
    [InlineData("ſ", "S")]
    [InlineData("İ", "i")]
    [InlineData("ı", "I")]
    [InlineData("ΣΑΣ", "σας")]
    [InlineData("ﬁle", "FILE")]
    [InlineData("각", "\u1100\u1161\u11A8")]
    [InlineData("q\u0307\u0323", "Q\u0323\u0307")]
    [InlineData("ᾳ\u0301", "ΆΙ")]
    [InlineData("\u1F8E\U000114BE", "α\u0313\u0342ι\U000114B9\U000114BD")]
    [InlineData("\uF900", "\u8C48")]
    [InlineData("\U0002F800", "\u4E3D")]
    [InlineData("\U00010428", "\U00010400")]
    [InlineData("a\u200Bb", "ab")]
    [InlineData("a\u00ADb\uFE0F", "AB")]
    public void NamesThatSomeFileSystemTakesForTheSameAreKeptApart(string one, string other)
    {
        var paths = MapAll(one, other);

        Assert.Equal(one, paths[0]);
        Assert.Contains("~" + Hash(other, 8), paths[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("e", "é")]
    [InlineData("a b", "ab")]
    [InlineData("가", "각")]
    [InlineData("日", "本")]
    [InlineData("o", "ø")]
    [InlineData("а", "a")]
    public void NamesThatNoFileSystemConfusesStayAsTheyAre(string one, string other) =>
        Assert.Equal([one, other], MapAll(one, other));

    [Fact]
    public void EveryCharacterClashesWithItsOtherCase()
    {
        var hash = new FoldedHash();
        var checkedCount = 0;
        for (var i = 0x80; i <= 0x10FFFF; i++)
        {
            if (!Rune.IsValid(i))
            {
                continue;
            }

            var rune = new Rune(i);
            foreach (var other in new[] { Rune.ToUpperInvariant(rune), Rune.ToLowerInvariant(rune) })
            {
                if (other != rune)
                {
                    Assert.Equal(Fold(hash, "x" + rune), Fold(hash, "x" + other));
                    checkedCount++;
                }
            }
        }

        Assert.True(checkedCount > 2500);
    }

    private static ulong Fold(FoldedHash hash, string text) => hash.Fold(FoldedHash.Root, text);

    private static string[] MapAll(params string[] names)
    {
        var mapper = new LocalNameMapper([]);
        return [.. names.Select(n => mapper.Map("", n).Path ?? throw new InvalidOperationException("refused: " + n))];
    }

    private static string Hash(string name, int digits) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..digits];
}
