using AmlDataTools.Core.Names;
using Xunit;

namespace AmlDataTools.Core.Tests.Names;

public class LocalNamesTests
{
    [Theory]
    [InlineData("outputs/model.pkl", "outputs/model.pkl")]
    [InlineData("50% of it/é (1).csv", "50% of it/é (1).csv")]
    [InlineData("a//b", "a/%/b")]
    [InlineData("/a", "%/a")]
    [InlineData("a/", "a/%")]
    [InlineData("%", "%25")]
    [InlineData("%%", "%%")]
    [InlineData("a%2Fb", "a%252Fb")]
    [InlineData("%4", "%4")]
    [InlineData("%%41", "%%2541")]
    [InlineData(".", "%2E")]
    [InlineData("../../etc/passwd", "%2E%2E/%2E%2E/etc/passwd")]
    [InlineData("name. .", "name%2E%20%2E")]
    [InlineData("C:/Windows", "C%3A/Windows")]
    [InlineData("a\\..\\b", "a%5C..%5Cb")]
    [InlineData("con", "%63on")]
    [InlineData("NUL.tar.gz", "%4EUL.tar.gz")]
    [InlineData("aux .txt", "%61ux .txt")]
    [InlineData("COM\u00B9.log", "%43OM\u00B9.log")]
    [InlineData("lpt0", "%6Cpt0")]
    [InlineData("conin$", "%63onin$")]
    [InlineData("CONOUT$.x", "%43ONOUT$.x")]
    [InlineData("console/com10/nullable", "console/com10/nullable")]
    [InlineData("time 12:30?.txt", "time 12%3A30%3F.txt")]
    [InlineData("a\u202Efdp.exe", "a%E2%80%AEfdp.exe")]
    [InlineData("tab\there\u0085", "tab%09here%C2%85")]
    [InlineData("PROGRA~1/LONGN~12.TXT", "PROGRA%7E1/LONGN%7E12.TXT")]
    [InlineData("notes~1.text/v1.2~1.a", "notes~1.text/v1.2~1.a")]
    public void EncodesOnlyWhatItMust(string name, string path)
    {
        var mapped = new LocalNameMapper([]).Map("", name);

        Assert.Equal(new MappedName(path, path == name ? NameChange.None : NameChange.Encoded, null), mapped);
        Assert.Equal(name, LocalNames.Decode(path));
    }

    [Fact]
    public void EncodesLoneSurrogatesAndNoncharacters()
    {
        var mapper = new LocalNameMapper([]);

        Assert.Equal("a%ED%A0%80b", mapper.Map("", "a\uD800b").Path);
        Assert.Equal("%ED%BF%BF😀", mapper.Map("", "\uDFFF😀").Path);
        Assert.Equal("%EF%BF%BF%F4%8F%BF%BF", mapper.Map("", "\uFFFF\U0010FFFF").Path);
    }

    [Fact]
    public void EveryNameComesBackUnlessItLostSomething() => NastyNames.Check(NastyNames.Name, name =>
    {
        var mapped = new LocalNameMapper([]).Map("", name);

        Assert.NotNull(mapped.Path);
        if ((mapped.Change & (NameChange.Shortened | NameChange.Disambiguated)) == 0)
        {
            Assert.Equal(name, LocalNames.Decode(mapped.Path));
            Assert.Equal(mapped.Change == NameChange.None, name == mapped.Path);
        }
        else
        {
            Assert.True(name.Split('/').Max(s => s.Length) > 240 / 9 || name.Length > 2000 / 9, "shortened without need");
        }
    }, 3000);

    [Theory]
    [InlineData("%E2%80", "%E2%80")]
    [InlineData("%C0%AF%FF", "%C0%AF%FF")]
    [InlineData("%F0%9F%98%80%zz%", "😀%zz%")]
    [InlineData("a/%/b%3a", "a//b:")]
    public void DecodesOnlyWhatIsAnEncoding(string path, string name) => Assert.Equal(name, LocalNames.Decode(path));

    [Theory]
    [InlineData("credit scoring", "credit scoring")]
    [InlineData("a/b:c", "a%2Fb%3Ac")]
    [InlineData("..", "%2E%2E")]
    [InlineData("", "%")]
    public void ASegmentIsOneFolder(string text, string segment)
    {
        Assert.Equal(segment, LocalNames.Segment(text));
        Assert.Equal(segment + "/x", new LocalNameMapper([]).Map(LocalNames.Segment(text) + "/", "x").Path);
    }

    [Fact]
    public void AnySegmentIsAcceptedAsFolder() => NastyNames.Check(NastyNames.Name, text =>
    {
        var mapped = new LocalNameMapper([]).Map(LocalNames.Segment(text) + "/", "x");

        Assert.NotNull(mapped.Path);
        SafeNames.AssertPortable(mapped.Path);
    });
}
