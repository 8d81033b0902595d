using AmlDataTools.Core.Names;
using AmlDataTools.Core.Problems;
using Xunit;

namespace AmlDataTools.Core.Tests.Names;

public sealed class DirectoryMakerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void MakesTheFoldersOfAFile()
    {
        var root = Path.Combine(_folder.Root, "new", "destination");
        var maker = new DirectoryMaker(root);

        var file = maker.EnsureParent("a/b/c.txt");

        Assert.Equal(Path.Combine(root, "a", "b", "c.txt"), file);
        Assert.True(Directory.Exists(Path.Combine(root, "a", "b")));
        Assert.False(Path.Exists(file));
        Assert.Equal(Path.Combine(root, "a", "b", "d"), maker.EnsureFolder("a/b/d/"));
        Assert.True(Directory.Exists(Path.Combine(root, "a", "b", "d")));
        Assert.Equal(root, maker.EnsureFolder(""));
        Assert.Equal(Path.Combine(root, "top.txt"), maker.EnsureParent("top.txt"));
    }

    [Fact]
    public void RefusesALinkOnTheWayAndMakesNothingBehindIt()
    {
        var elsewhere = Directory.CreateDirectory(Path.Combine(_folder.Root, "elsewhere")).FullName;
        var root = Directory.CreateDirectory(Path.Combine(_folder.Root, "destination")).FullName;
        Directory.CreateDirectory(Path.Combine(root, "a"));
        Directory.CreateSymbolicLink(Path.Combine(root, "a", "link"), elsewhere);
        Directory.CreateSymbolicLink(Path.Combine(root, "dangling"), Path.Combine(elsewhere, "missing"));
        var maker = new DirectoryMaker(root);

        foreach (var path in new[] { "a/link/x", "a/link/b/c/x", "dangling/x" })
        {
            var problem = Assert.Throws<ProblemException>(() => maker.EnsureParent(path));
            Assert.Equal("path.linkInDestination", problem.Code);
        }

        Assert.Empty(Directory.GetFileSystemEntries(elsewhere));
    }

    [Fact]
    public void TheDestinationItselfMayBeALink()
    {
        var real = Directory.CreateDirectory(Path.Combine(_folder.Root, "real")).FullName;
        var root = Path.Combine(_folder.Root, "link");
        Directory.CreateSymbolicLink(root, real);

        new DirectoryMaker(root).EnsureParent("a/x");

        Assert.True(Directory.Exists(Path.Combine(real, "a")));
    }

    [Fact]
    public void RefusesAFileInTheWay()
    {
        var file = _folder.File("a/file");

        var problem = Assert.Throws<ProblemException>(() => new DirectoryMaker(_folder.Root).EnsureParent("a/file/x"));
        Assert.Equal("path.fileInTheWay", problem.Code);
        Assert.Equal(file, problem.Target);
        Assert.Equal(
            "path.fileInTheWay",
            Assert.Throws<ProblemException>(() => new DirectoryMaker(file).EnsureParent("x")).Code);
    }

    [Fact]
    public void RefusesToLeave() => Assert.Equal(
        "path.outsideDestination",
        Assert.Throws<ProblemException>(() => new DirectoryMaker(_folder.Root).EnsureParent("../x")).Code);

    [Fact]
    public void WorksWithManyThreadsAndASmallMemory()
    {
        var maker = new DirectoryMaker(_folder.Root, capacity: 3);

        Parallel.For(0, 400, i => maker.EnsureParent($"a{i % 7}/b{i % 11}/c{i}/x"));

        Assert.Equal(400, Directory.GetDirectories(_folder.Root, "c*", SearchOption.AllDirectories).Length);
    }
}
