using AmlDataTools.Core.Names;
using AmlDataTools.Core.Problems;
using Xunit;

namespace AmlDataTools.Core.Tests.Names;

public sealed class PathGuardTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a")]
    [InlineData("a/b.txt")]
    [InlineData("a/b/")]
    [InlineData("..a/...b")]
    [InlineData("%2E%2E/%")]
    public void TakesWhatIsInside(string relative) => Assert.Equal(
        Path.Combine(_folder.Root, relative.TrimEnd('/').Replace('/', Path.DirectorySeparatorChar)),
        PathGuard.EnsureInside(_folder.Root, relative));

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("a/../b")]
    [InlineData("a/..")]
    [InlineData("a/./b")]
    [InlineData("a//b")]
    [InlineData("a//")]
    [InlineData("..\\x")]
    [InlineData("a\\..\\..\\x")]
    [InlineData("\\\\server\\share")]
    [InlineData("C:x")]
    [InlineData("C:/x")]
    [InlineData("a:stream")]
    [InlineData("a\0b")]
    public void RefusesWhatIsNot(string relative)
    {
        var problem = Assert.Throws<ProblemException>(() => PathGuard.EnsureInside(_folder.Root, relative));

        Assert.Equal("path.outsideDestination", problem.Code);
        Assert.Equal(relative, problem.Target);
    }

    [Fact]
    public void WhateverItLetsThroughIsInside() => NastyNames.Check(NastyNames.Name, name =>
    {
        try
        {
            var full = PathGuard.EnsureInside(_folder.Root, name);
            Assert.StartsWith(_folder.Root + Path.DirectorySeparatorChar, Path.GetFullPath(full), StringComparison.Ordinal);
        }
        catch (ProblemException e)
        {
            Assert.Equal("path.outsideDestination", e.Code);
        }
    });

    [Fact]
    public void TakesAnyRootThatIsAbsolute()
    {
        var drive = Path.GetPathRoot(_folder.Root) ?? "/";

        Assert.Equal(Path.Combine(drive, "a"), PathGuard.EnsureInside(drive, "a"));
        Assert.Equal(Path.Combine(_folder.Root, "a"), PathGuard.EnsureInside(_folder.Root + Path.DirectorySeparatorChar, "a"));
        Assert.Throws<ArgumentException>(() => PathGuard.EnsureInside("relative", "a"));
    }

    [Fact]
    public void AFileIsNotOpenedThroughALink()
    {
        var outside = _folder.File("outside.txt");
        var link = Path.Combine(_folder.Root, "link.part");
        File.CreateSymbolicLink(link, outside);
        var dangling = Path.Combine(_folder.Root, "dangling.part");
        File.CreateSymbolicLink(dangling, outside + ".missing");

        Assert.Equal("path.linkInDestination", Assert.Throws<ProblemException>(() => PathGuard.EnsureNoLink(link)).Code);
        Assert.Equal("path.linkInDestination", Assert.Throws<ProblemException>(() => PathGuard.EnsureNoLink(dangling)).Code);
        Assert.Equal("path.folderInTheWay", Assert.Throws<ProblemException>(() => PathGuard.EnsureNoLink(_folder.Root)).Code);
        PathGuard.EnsureNoLink(outside);
        PathGuard.EnsureNoLink(Path.Combine(_folder.Root, "missing", "x"));
    }
}
