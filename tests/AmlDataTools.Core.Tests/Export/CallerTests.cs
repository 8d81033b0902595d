using System.Buffers.Text;
using System.Text;
using AmlDataTools.Core.Export;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Core.Tests.Export;

public sealed class CallerTests
{
    [Theory]
    [InlineData("""{"name":"Ada","oid":"1-2"}""", "Ada (1-2)")]
    [InlineData("""{"upn":"ada@example.com"}""", "ada@example.com")]
    [InlineData("""{"appid":"app","oid":"1-2"}""", "app (1-2)")]
    [InlineData("""{"oid":"1-2"}""", "1-2")]
    [InlineData("""{"name":5}""", null)]
    [InlineData("{}", null)]
    [InlineData("[]", null)]
    [InlineData("7", null)]
    [InlineData("not json", null)]
    public void It_tells_who_as_the_token_does(string claims, string? who) =>
        Assert.Equal(who, Caller.Describe($"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}.sig"));

    [Fact]
    public void No_token_is_too_strange_and_none_is_given_out() => Prop.ForAll<string, string>((a, b) =>
    {
        var inClaims = $"e30.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(b ?? string.Empty))}.{a}";
        return Caller.Describe($"{a}.{b}.{a}") is null && Caller.Describe(a ?? string.Empty) is null && Caller.Describe(inClaims) is null;
    }).QuickCheckThrowOnFailure();
}
