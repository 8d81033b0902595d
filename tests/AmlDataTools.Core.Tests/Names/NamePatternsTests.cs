using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using AmlDataTools.Core.Names;
using AmlDataTools.Core.Problems;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Core.Tests.Names;

public class NamePatternsTests
{
    [Theory]
    [InlineData("*.csv", "a.csv", true)]
    [InlineData("*.csv", "x/y/a.CSV", true)]
    [InlineData("*.csv", "a.csv.gz", false)]
    [InlineData("*.csv", "a.csv/b", false)]
    [InlineData("model?.pkl", "out/model1.pkl", true)]
    [InlineData("model?.pkl", "model.pkl", false)]
    [InlineData("model?.pkl", "model😀.pkl", true)]
    [InlineData("a?b", "a/b", false)]
    [InlineData("outputs/*", "outputs/a", true)]
    [InlineData("outputs/*", "outputs/a/b", false)]
    [InlineData("outputs/*", "x/outputs/a", false)]
    [InlineData("/outputs/*", "outputs/a", true)]
    [InlineData("/a.txt", "a.txt", true)]
    [InlineData("/a.txt", "x/a.txt", false)]
    [InlineData("outputs/", "outputs/a/b", true)]
    [InlineData("outputs/", "outputs10/a", false)]
    [InlineData("outputs/", "outputs", false)]
    [InlineData("run1/", "run10/a", false)]
    [InlineData("**/logs/", "a/b/logs/c/d", true)]
    [InlineData("**/logs/", "logs/c", true)]
    [InlineData("**/logs/", "xlogs/c", false)]
    [InlineData("a/**/b", "a/b", true)]
    [InlineData("a/**/b", "a/x/y/b", true)]
    [InlineData("a/**/b", "a/xb", false)]
    [InlineData("a/**", "a/x/y", true)]
    [InlineData("a/**", "ab", false)]
    [InlineData("**", "anything/at/all", true)]
    [InlineData("*", "anything/at/all", true)]
    [InlineData("x**y", "x/1/2y", true)]
    [InlineData("x**y", "a/x/1/2y", true)]
    [InlineData("x**y", "ax/1/2y", false)]
    [InlineData("a/*/c/*.txt", "a/b/c/d.txt", true)]
    [InlineData("a/*/c/*.txt", "a/b/b/c/d.txt", false)]
    [InlineData("[a]{b}!.^$+()", "[a]{b}!.^$+()", true)]
    [InlineData("ÉTÉ.*", "été.csv", true)]
    public void APatternMeansWhatItSays(string pattern, string path, bool matches) =>
        Assert.Equal(matches, NamePatterns.Parse([pattern], null).Matches(path));

    [Fact]
    public void IncludesMinusExcludes()
    {
        var patterns = NamePatterns.Parse(["*.txt", "outputs/"], ["**/tmp/", "secret*"]);

        Assert.True(patterns.Matches("a.txt"));
        Assert.True(patterns.Matches("outputs/model.bin"));
        Assert.False(patterns.Matches("model.bin"));
        Assert.False(patterns.Matches("outputs/tmp/a"));
        Assert.False(patterns.Matches("x/Secret.txt"));
        Assert.True(NamePatterns.Everything.Matches("x"));
        Assert.False(NamePatterns.Parse([], ["*.log"]).Matches("a/x.log"));
        Assert.True(NamePatterns.Parse([], ["*.log"]).Matches("a/x.txt"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    public void ABadPatternIsNamed(string pattern)
    {
        foreach (var parse in new Action[]
        {
            () => NamePatterns.Parse(["ok", pattern], []), () => NamePatterns.Parse([], [pattern]),
        })
        {
            var problem = Assert.Throws<ProblemException>(parse);
            Assert.Equal("pattern.invalid", problem.Code);
            Assert.Equal(pattern, problem.Target);
        }
    }

    [Fact]
    public void ATooLongPatternIsRefused() => Assert.Equal(
        "pattern.invalid",
        Assert.Throws<ProblemException>(() => NamePatterns.Parse([new string('a', 1001)], null)).Code);

    [Fact]
    public void AgreesWithARegularExpression()
    {
        var patterns =
            from parts in Gen.Elements("a", "b", "A", "*", "**", "?", "/", "/**/", "**/", ".").NonEmptyListOf()
            select string.Concat(parts.Take(8));
        var paths =
            from parts in Gen.Elements("a", "b", "B", ".", "/", "ab", "a/b").ListOf()
            select string.Concat(parts.Take(12));
        var matched = 0;
        NastyNames.Check(
            from pattern in patterns.Where(p => p.Any(c => c != '/')) from path in paths select (pattern, path),
            pair =>
            {
                var expected = Regex.IsMatch(pair.path, ToRegex(pair.pattern), RegexOptions.IgnoreCase | RegexOptions.NonBacktracking);
                Assert.Equal(expected, NamePatterns.Parse([pair.pattern], null).Matches(pair.path));
                matched += expected ? 1 : 0;
            },
            5000);
        Assert.True(matched > 200, $"{matched} matched");
    }

    [Fact]
    public void AMaliciousPatternIsNoSlower()
    {
        var patterns = NamePatterns.Parse([string.Concat(Enumerable.Repeat("**a*", 200)) + "b", "x/" + new string('*', 900)], null);
        var path = new string('a', 20_000);
        var watch = Stopwatch.StartNew();

        Assert.False(patterns.Matches(path));

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{watch.Elapsed}");
    }

    private static string ToRegex(string pattern)
    {
        var text = new StringBuilder("^");
        var rest = pattern;
        if (!rest.Contains('/', StringComparison.Ordinal))
        {
            text.Append("(?:[^/]*/)*");
        }
        else if (rest[0] == '/')
        {
            rest = rest[1..];
        }

        var tokens = Regex.Matches(rest, @"(?<=^|/)\*\*+/|\*\*+|\*|\?|.");
        foreach (var token in tokens.Select(t => t.Value))
        {
            text.Append(token switch
            {
                "*" => "[^/]*",
                "?" => "[^/]",
                _ when token.EndsWith("*/", StringComparison.Ordinal) => "(?:[^/]*/)*",
                _ when token[0] == '*' => ".*",
                _ => Regex.Escape(token),
            });
        }

        return text.Append(rest[^1] == '/' ? ".*$" : "$").ToString();
    }
}
