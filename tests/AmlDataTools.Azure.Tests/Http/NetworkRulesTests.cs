using System.Net;
using AmlDataTools.Azure.Http.Network;
using Xunit;

namespace AmlDataTools.Azure.Tests.Http;

public sealed class NetworkRulesTests
{
    [Theory]
    [InlineData("example.com", "https://example.com/", true)]
    [InlineData("example.com", "https://a.example.com/", true)]
    [InlineData("example.com", "https://notexample.com/", false)]
    [InlineData(".Example.com", "https://A.example.COM/", true)]
    [InlineData("*.example.com", "https://a.example.com/", true)]
    [InlineData("example.com:8443", "https://example.com/", false)]
    [InlineData("example.com:8443", "https://example.com:8443/", true)]
    [InlineData("a.com, b.com;c.com d.com", "https://x.d.com/", true)]
    [InlineData("10.0.0.0/8", "https://10.20.30.40/", true)]
    [InlineData("10.0.0.0/8", "https://11.20.30.40/", false)]
    [InlineData("[fd00::1]:8443", "https://[fd00::1]:8443/", true)]
    [InlineData("fd00::/8", "https://[fd00::5]/", true)]
    [InlineData("*", "https://anything.example/", true)]
    [InlineData("", "https://anything.example/", false)]
    [InlineData("", "https://localhost:5000/", true)]
    [InlineData("", "https://account.blob.localhost/", true)]
    [InlineData("", "http://127.8.9.1/", true)]
    [InlineData("", "http://[::1]/", true)]
    [InlineData("", "http://169.254.169.254/metadata/identity", true)]
    [InlineData("<-loopback>", "https://localhost:5000/", false)]
    [InlineData("<-loopback>,localhost", "https://localhost:5000/", true)]
    [InlineData(":,[,.,*.", "https://anything.example/", false)]
    public void Hosts_are_reached_directly_as_the_list_says(string list, string target, bool direct)
    {
        var rules = new NetworkRules(NetworkSettings.Default, name => name switch { "HTTPS_PROXY" or "HTTP_PROXY" => "http://proxy.example:3128", "NO_PROXY" => list, _ => null });
        Assert.Equal(direct, rules.IsBypassed(new Uri(target)));
    }

    [Theory]
    [InlineData("http://proxy:3128", "http://proxy:3128/", null, null)]
    [InlineData("proxy:3128", "http://proxy:3128/", null, null)]
    [InlineData(" https://proxy/ ", "https://proxy/", null, null)]
    [InlineData("http://ada:p@ss@proxy:1", "http://proxy:1/", "ada", "p@ss")]
    [InlineData("http://a%40b:%3A%25@proxy:1", "http://proxy:1/", "a@b", ":%")]
    [InlineData("http://ada@proxy:1", "http://proxy:1/", "ada", "")]
    [InlineData("socks://proxy", "socks5://proxy:1080/", null, null)]
    [InlineData("socks5h://[fd00::1]", "socks5://[fd00::1]:1080/", null, null)]
    [InlineData("socks4://proxy:9", "socks4://proxy:9/", null, null)]
    public void A_proxy_is_read_without_its_secrets_in_the_address(string text, string address, string? name, string? password)
    {
        var rules = new NetworkRules(NetworkSettings.Default with { Proxy = text }, _ => null);
        var proxy = rules.GetProxy(new Uri("https://service.example/"));
        Assert.Equal(address, proxy?.ToString());
        Assert.Equal(proxy, rules.GetProxy(new Uri("http://service.example/")));
        var credential = rules.Credentials?.GetCredential(proxy ?? new Uri("http://none"), "Basic");
        Assert.Equal((name, password), (credential?.UserName, credential?.Password));
    }

    [Theory]
    [InlineData("ftp://proxy:21")]
    [InlineData("http://")]
    [InlineData("http://proxy:99999")]
    [InlineData("http://proxy/path")]
    [InlineData("http://pro xy")]
    public void What_is_no_proxy_is_never_taken_for_none(string text)
    {
        var rules = new NetworkRules(NetworkSettings.Default with { Proxy = text }, _ => null);
        Assert.Equal("http.proxy", rules.Unreadable);
        rules.Use(NetworkSettings.Default);
        Assert.Null(rules.Unreadable);
    }

    [Fact]
    public void Each_variable_has_its_turn()
    {
        var set = new Dictionary<string, string>();
        var all = new Uri("https://service.example/");
        Uri? Now() => new NetworkRules(NetworkSettings.Default, set.GetValueOrDefault).GetProxy(all);
        Assert.Null(Now());
        foreach (var name in new[] { "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy" })
        {
            set[name] = $"http://{name.Replace('_', '-')}:1";
            Assert.Equal(name.Replace('_', '-').ToLowerInvariant(), Now()?.Host);
        }

        Assert.Equal("http-proxy", new NetworkRules(NetworkSettings.Default, set.GetValueOrDefault).GetProxy(new Uri("http://service.example/"))?.Host);
    }

    [Theory]
    [InlineData("Basic YWRhOng6eQ==", "ada", "x:y")]
    [InlineData("basic  YWRhOg==", "ada", "")]
    [InlineData("Bearer abc", null, null)]
    [InlineData("Basic !", null, null)]
    [InlineData("Basic", null, null)]
    public void Basic_authorization_is_given_when_asked_and_nothing_else(string header, string? name, string? password)
    {
        var rules = new NetworkRules(NetworkSettings.Default with { Proxy = "http://proxy:1", ProxyAuthorization = header }, _ => null);
        var credential = rules.Credentials?.GetCredential(new Uri("http://proxy:1/"), "Basic");
        Assert.Equal((name, password), (credential?.UserName, credential?.Password));
        Assert.Null(rules.Credentials?.GetCredential(new Uri("http://proxy:1/"), "Negotiate"));
    }

    [Theory]
    [InlineData(HttpStatusCode.ProxyAuthenticationRequired, NetworkFailureKind.ProxyAuthentication, true)]
    [InlineData(HttpStatusCode.Forbidden, NetworkFailureKind.ProxyRefused, true)]
    [InlineData(HttpStatusCode.BadGateway, NetworkFailureKind.ProxyRefused, false)]
    public void A_tunnel_that_was_refused_is_told_by_its_status_with_and_without_texts(HttpStatusCode status, NetworkFailureKind kind, bool final)
    {
        foreach (var message in new[] { $"The proxy tunnel request to proxy 'http://proxy:3128/' failed with status code '{(int)status}'.", $"net_http_proxy_tunnel_returned_failure_status_code, http://proxy:3128/, {(int)status}" })
        {
            var failure = NetworkFailure.Of(new AggregateException(new InvalidOperationException(), new IOException("x", new HttpRequestException(HttpRequestError.ProxyTunnelError, message))));
            Assert.Equal((kind, "proxy:3128", final), (failure?.Kind, failure?.Host, failure?.IsFinal));
        }
    }
}
