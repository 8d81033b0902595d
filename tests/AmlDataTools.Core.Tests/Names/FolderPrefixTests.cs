using AmlDataTools.Core.Names;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Core.Tests.Names;

public class FolderPrefixTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("/", "")]
    [InlineData("a", "a/")]
    [InlineData("a/", "a/")]
    [InlineData("a//", "a/")]
    [InlineData("/a/b", "/a/b/")]
    [InlineData("ExperimentRun/dcid.run1", "ExperimentRun/dcid.run1/")]
    public void EndsInOneSlash(string prefix, string normalized) => Assert.Equal(normalized, FolderPrefix.Normalize(prefix));

    [Theory]
    [InlineData("ExperimentRun/dcid.run1/", "ExperimentRun/dcid.run1/outputs/a", true)]
    [InlineData("ExperimentRun/dcid.run1", "ExperimentRun/dcid.run1/outputs/a", true)]
    [InlineData("ExperimentRun/dcid.run1/", "ExperimentRun/dcid.run10/outputs/a", false)]
    [InlineData("ExperimentRun/dcid.run1", "ExperimentRun/dcid.run10", false)]
    [InlineData("a/", "a", false)]
    [InlineData("a/", "a/", true)]
    [InlineData("a/", "A/b", false)]
    [InlineData("", "anything", true)]
    public void TakesOnlyWhatIsInTheFolder(string prefix, string name, bool contains) =>
        Assert.Equal(contains, FolderPrefix.Contains(prefix, name));

    [Fact]
    public void NeverTakesANeighbour() => NastyNames.Check(
        from prefix in NastyNames.Name from rest in NastyNames.Segment select (prefix, rest),
        pair =>
        {
            var normalized = FolderPrefix.Normalize(pair.prefix);
            Assert.True(normalized.Length == 0 || (normalized[^1] == '/' && (normalized.Length < 2 || normalized[^2] != '/')));
            Assert.Equal(normalized, FolderPrefix.Normalize(normalized));
            Assert.True(FolderPrefix.Contains(pair.prefix, normalized + pair.rest));
            if (normalized.Length > 0)
            {
                var bare = normalized[..^1];
                Assert.Equal(pair.rest.StartsWith('/'), FolderPrefix.Contains(pair.prefix, bare + pair.rest));
                Assert.False(FolderPrefix.Contains(pair.prefix, bare));
            }
        });
}
