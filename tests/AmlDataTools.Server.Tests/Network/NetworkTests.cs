using System.Globalization;
using System.Text;
using AmlDataTools.Azure;
using AmlDataTools.Core.Explorer;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Rpc;
using AmlDataTools.Server.Tests.Exports;
using AmlDataTools.Server.Tests.Shares;
using AmlDataTools.Server.Tests.Support;
using NodeExpansion = AmlDataTools.Server.Protocol.NodeExpansion;
using NodeKind = AmlDataTools.Server.Protocol.NodeKind;

namespace AmlDataTools.Server.Tests.Network;

/// <summary>
/// The real sidecar behind a real forward proxy. The emulator's names lead to this machine, which proxies are not asked for by themselves:
/// <c>&lt;-loopback&gt;</c> has them asked all the same.
/// </summary>
[Collection(ExportCollection.Name)]
public sealed class NetworkTests(EmulatorProcess emulator) : IDisposable
{
    private const string Name = "ada:p@ss:w%rd";
    private const string InAddress = "ada:p%40ss%3Aw%25rd@";
    private const string Inspection = "CN=Contoso Inspection CA, O=Contoso";

    private static readonly ProtocolJsonContext Json = ProtocolJsonContext.Default;

    private readonly TestFolder _folder = new();
    private readonly TestAuthority _authority = new(Inspection);

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Everything_goes_through_the_proxy_of_the_setting_with_its_name_and_password()
    {
        await using var proxy = new ForwardProxy(Name);
        await using var sidecar = await StartAsync(new NetworkStart(Params(Address(proxy, InAddress)), Clean()));
        var since = await emulator.MarkAsync();
        await WorkAsync(sidecar);
        var seen = (await emulator.RequestsAsync(since)).Select(request => request.Host.Split(':')[0]).ToHashSet();
        Assert.Contains(seen, host => host.Contains(".blob.", StringComparison.Ordinal));
        Assert.Contains(seen, host => host.Contains(".file.", StringComparison.Ordinal));
        Assert.Contains(seen, host => host.Contains(".api.azureml.", StringComparison.Ordinal));
        Assert.Equal(seen, proxy.Hosts);
        AssertNoPassword();
    }

    [Fact]
    public async Task Not_one_request_goes_round_a_proxy_that_looks_into_TLS_and_is_trusted_by_SSL_CERT_FILE()
    {
        await using var proxy = new ForwardProxy(authority: _authority);
        await using var sidecar = await StartAsync(new NetworkStart(null, Clean(("HTTPS_PROXY", proxy.Address), ("NO_PROXY", "<-loopback>"), ("SSL_CERT_FILE", Pem()))), trustsEmulator: false);
        var since = await emulator.MarkAsync();
        await WorkAsync(sidecar);
        var seen = await emulator.RequestsAsync(since);
        Assert.NotEmpty(seen);
        Assert.Equal(seen.Count, proxy.Requests);
    }

    [Theory]
    [InlineData("https_proxy")]
    [InlineData("ALL_PROXY")]
    [InlineData("all_proxy")]
    [InlineData("HTTP_PROXY")]
    public async Task The_variables_of_the_environment_hold_where_the_editor_says_nothing(string variable)
    {
        await using var proxy = new ForwardProxy(Name);
        var network = Params(null) with { NoProxy = [] };
        await using var sidecar = await StartAsync(new NetworkStart(network, Clean((variable, Address(proxy, InAddress)), ("no_proxy", "<-loopback>"))));
        await LookAsync(sidecar);
        Assert.Equal(["localhost"], proxy.Hosts);
    }

    [Theory]
    [InlineData("localhost", null)]
    [InlineData("<-loopback>,.localhost,localhost:{port}", null)]
    [InlineData("<-loopback> *", null)]
    [InlineData(null, null)]
    [InlineData("<-loopback>", "localhost")]
    public async Task What_is_to_be_reached_directly_is(string? variable, string? setting)
    {
        await using var proxy = new ForwardProxy();
        var port = new Uri(emulator["resourceManager"]).Port;
        var network = Params(null) with { NoProxy = setting is null ? [] : [setting] };
        await using var sidecar = await StartAsync(new NetworkStart(
            network, Clean(("HTTPS_PROXY", proxy.Address), ("NO_PROXY", variable?.Replace("{port}", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal) ?? string.Empty))));
        await LookAsync(sidecar);
        Assert.Empty(proxy.Tunnels);
    }

    [Fact]
    public async Task The_setting_counts_before_the_environment_and_off_means_no_proxy_at_all()
    {
        await using var wrong = new ForwardProxy();
        await using var right = new ForwardProxy();
        var environment = Clean(("HTTPS_PROXY", wrong.Address));
        await using (var sidecar = await StartAsync(new NetworkStart(Params(right.Address), environment)))
        {
            await LookAsync(sidecar);
        }

        Assert.NotEmpty(right.Tunnels);
        var before = right.Tunnels.Count;
        await using (var sidecar = await StartAsync(new NetworkStart(Params(right.Address) with { UseProxies = false }, environment)))
        {
            await LookAsync(sidecar);
        }

        Assert.Equal((0, before), (wrong.Tunnels.Count, right.Tunnels.Count));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("ada:wrong")]
    public async Task A_proxy_that_wants_another_name_or_password_is_told_at_once_and_a_change_of_settings_helps(string? header)
    {
        await using var proxy = new ForwardProxy(Name);
        var network = Params(proxy.Address) with { ProxyAuthorization = header is null ? null : Basic(header) };
        await using var sidecar = await StartAsync(new NetworkStart(network, Clean()));
        var since = await emulator.MarkAsync();
        var error = await ErrorAsync(sidecar);
        Assert.Equal(("network.proxyAuthentication", false), (error.Code, error.Retryable));
        Assert.Equal(ErrorAction.OpenNetworkSettings, error.Actions[0]);
        Assert.Contains("407", error.Message, StringComparison.Ordinal);
        Assert.Equal($"127.0.0.1:{proxy.Port}", error.Target);
        Assert.Empty(await emulator.RequestsAsync(since));
        Assert.InRange(proxy.Refused, 1, 4);

        await sidecar.NotifyAsync("network/changed", network with { ProxyAuthorization = Basic(Name) }, Json.NetworkParams);
        await LookAsync(sidecar);
        Assert.Equal(["localhost"], proxy.Hosts);
        AssertNoPassword();
    }

    [Fact]
    public async Task A_certificate_of_an_authority_that_is_not_trusted_is_told_with_its_name_and_nothing_was_sent()
    {
        await using var proxy = new ForwardProxy(authority: _authority);
        await using var sidecar = await StartAsync(new NetworkStart(Params(proxy.Address), Clean()));
        var error = await ErrorAsync(sidecar);
        Assert.Equal(("network.untrustedCertificate", "localhost", false), (error.Code, error.Target, error.Retryable));
        Assert.Contains($"\"{Inspection}\"", error.Message, StringComparison.Ordinal);
        Assert.Contains("SSL_CERT_FILE", error.Message, StringComparison.Ordinal);
        Assert.Equal([ErrorAction.OpenHelp, ErrorAction.OpenNetworkSettings], error.Actions.Take(2));
        Assert.Equal((1, 0L), (proxy.Tunnels.Count, proxy.Requests));

        // A plan that lists storage ends as soon.
        var refusal = await sidecar.RefusalAsync(() => sidecar.PlanAsync(emulator.NodeOf("mango_leaf_3f")));
        Assert.StartsWith("network.untrustedCertificate: ", refusal, StringComparison.Ordinal);
        Assert.Equal(0, proxy.Requests);
    }

    [Fact]
    public async Task Further_authorities_and_those_in_place_of_the_systems_count()
    {
        await using var proxy = new ForwardProxy(authority: _authority);
        using var other = new TestAuthority("CN=Another");
        var trusted = Clean(("SSL_CERT_FILE", Pem()));

        // Node's variable for further ones, which VS Code goes by too.
        await using (var sidecar = await StartAsync(new NetworkStart(Params(proxy.Address), Clean(("NODE_EXTRA_CA_CERTS", Pem()))), trustsEmulator: false))
        {
            await LookAsync(sidecar);
        }

        // The system's are not asked where the editor's own take their place.
        await using (var sidecar = await StartAsync(new NetworkStart(Params(proxy.Address) with { Roots = [other.Pem] }, trusted), trustsEmulator: false))
        {
            Assert.Equal("network.untrustedCertificate", (await ErrorAsync(sidecar)).Code);
            await sidecar.NotifyAsync("network/changed", Params(proxy.Address) with { Roots = [other.Pem, _authority.Pem] }, Json.NetworkParams);
            await LookAsync(sidecar);
        }
    }

    [Theory]
    [InlineData("elsewhere.example", 0, "network.certificateName")]
    [InlineData(null, 30, "network.certificateInvalid")]
    public async Task A_certificate_for_another_name_or_time_is_refused_even_from_a_trusted_authority(string? name, int minutesAgo, string code)
    {
        using var authority = new TestAuthority(Inspection) { OtherName = name, Ended = minutesAgo == 0 ? null : TimeSpan.FromMinutes(minutesAgo) };
        await using var proxy = new ForwardProxy(authority: authority);
        await using var sidecar = await StartAsync(new NetworkStart(Params(proxy.Address), Clean(("SSL_CERT_FILE", Pem(authority)))), trustsEmulator: false);
        Assert.Equal(code, (await ErrorAsync(sidecar)).Code);
        Assert.Equal(0, proxy.Requests);
    }

    [Fact]
    public async Task The_certificate_of_a_proxy_may_go_unchecked_never_that_of_a_service()
    {
        using var own = new TestAuthority("CN=Proxy's own");
        await using var proxy = new ForwardProxy(own: own);
        await using var inspecting = new ForwardProxy(own: own, authority: _authority);
        await using var sidecar = await StartAsync(new NetworkStart(Params(proxy.Address), Clean()));
        var error = await ErrorAsync(sidecar);
        Assert.StartsWith("network.certificate", error.Code.Replace("untrustedCertificate", "certificate", StringComparison.Ordinal), StringComparison.Ordinal);
        await sidecar.NotifyAsync("network/changed", Params(proxy.Address) with { VerifyProxyCertificate = false }, Json.NetworkParams);
        await LookAsync(sidecar);
        Assert.Equal(["localhost"], proxy.Hosts);

        await sidecar.NotifyAsync("network/changed", Params(inspecting.Address) with { VerifyProxyCertificate = false }, Json.NetworkParams);
        Assert.Equal("network.untrustedCertificate", (await ErrorAsync(sidecar)).Code);
        Assert.Equal(0, inspecting.Requests);
    }

    [Fact]
    public async Task A_proxy_that_is_not_there_or_refuses_or_is_none_is_told()
    {
        int closed;
        await using (var gone = new ForwardProxy())
        {
            closed = gone.Port;
        }

        await using var refusing = new ForwardProxy(refuses: 403);
        await using var sidecar = await StartAsync(new NetworkStart(Params($"http://127.0.0.1:{closed}"), Clean(("HTTPS_PROXY", "ftp://x"))));
        var unreachable = await ErrorAsync(sidecar);
        Assert.Equal(("network.proxyUnreachable", $"127.0.0.1:{closed}", true), (unreachable.Code, unreachable.Target, unreachable.Retryable));

        await sidecar.NotifyAsync("network/changed", Params(refusing.Address), Json.NetworkParams);
        var refused = await ErrorAsync(sidecar);
        Assert.Equal("network.proxyRefused", refused.Code);
        Assert.Contains("403", refused.Message, StringComparison.Ordinal);

        await sidecar.NotifyAsync("network/changed", Params("ftp://ada:secret@proxy:21"), Json.NetworkParams);
        var setting = await ErrorAsync(sidecar);
        Assert.Equal(("settings.proxyInvalid", "http.proxy"), (setting.Code, setting.Target));
        Assert.DoesNotContain("secret", setting.Message, StringComparison.Ordinal);

        await sidecar.NotifyAsync("network/changed", Params(null), Json.NetworkParams);
        Assert.Equal(("settings.proxyInvalid", "HTTPS_PROXY"), await ErrorAsync(sidecar) is var variable ? (variable.Code, variable.Target) : default);
    }

    [Fact]
    public async Task Azure_Identity_signs_in_through_the_proxy_too_and_says_so_when_it_cannot()
    {
        await using var proxy = new ForwardProxy(Name);
        await using var inspecting = new ForwardProxy(authority: _authority);
        var cloud = ExportSidecar.CloudOf(emulator) with { AuthorityHost = "https://login.contoso.example/" };
        var environment = Clean(("AZURE_TENANT_ID", "0e4f1a52-7b71-4c5c-9d1c-2f6f3a1b9c11"), ("AZURE_CLIENT_ID", "5b1c2f6f-3a1b-4c5c-9d1c-0e4f1a527b71"), ("AZURE_CLIENT_SECRET", "not-a-real-one"));
        await using var sidecar = await StartAsync(new NetworkStart(Params(proxy.Address), environment, CredentialKind.Environment), cloud: cloud);
        Assert.Equal("network.proxyAuthentication", (await ErrorAsync(sidecar)).Code);
        await sidecar.NotifyAsync("network/changed", Params(inspecting.Address), Json.NetworkParams);
        var error = await ErrorAsync(sidecar);
        Assert.Equal(("network.untrustedCertificate", "login.contoso.example"), (error.Code, error.Target));
        Assert.Equal(["login.contoso.example"], inspecting.Hosts);
        Assert.Equal(0, inspecting.Requests);
    }

    private static NetworkParams Params(string? proxy) => new(proxy, null, ["<-loopback>"], true, true, null);

    private static string Address(ForwardProxy proxy, string user) => proxy.Address.Replace("://", "://" + user, StringComparison.Ordinal);

    private static string Basic(string pair) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));

    // What the machine of the tests has set is not what is tested.
    private static Dictionary<string, string> Clean(params IEnumerable<(string Name, string Value)> variables)
    {
        var all = new[] { "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy", "NODE_EXTRA_CA_CERTS" }.ToDictionary(name => name, _ => string.Empty);
        foreach (var (name, value) in variables)
        {
            all[name] = value;
        }

        return all;
    }

    private Task<ExportSidecar> StartAsync(NetworkStart network, bool trustsEmulator = true, CustomCloud? cloud = null)
        => ExportSidecar.StartAsync(emulator, _folder, null, (cloud ?? ExportSidecar.CloudOf(emulator)) is var own && trustsEmulator ? own : own with { CaCertificatePath = null }, network);

    private string Pem(TestAuthority? authority = null)
    {
        var path = Path.Combine(_folder.Root, "authority.pem");
        File.WriteAllText(path, (authority ?? _authority).Pem);
        return path;
    }

    /// <summary>A list of Resource Manager; an error stands in it as a node or is answered.</summary>
    private async Task<IReadOnlyList<TreeNode>> ListAsync(ExportSidecar sidecar, string nodeId) => (await sidecar.CallAsync(
        "explorer/children", new ChildrenParams(nodeId, null, null, null, null, IncludeArchived: false), Json.ChildrenParams, Json.ChildrenResult)).Nodes;

    private async Task LookAsync(ExportSidecar sidecar)
        => Assert.Contains(await ListAsync(sidecar, NodeTargets.Format(new SubscriptionTarget(emulator.Workspace.SubscriptionId, null))), node => node.Kind == NodeKind.Workspace);

    private async Task<(string Code, string Message, string? Target, bool Retryable, IReadOnlyList<ErrorAction> Actions)> ErrorAsync(ExportSidecar sidecar)
    {
        var refusal = await Assert.ThrowsAsync<RemoteRpcException>(() => sidecar.CallAsync(
            "explorer/locate", new LocateParams(emulator.Workspace.ResourceId, null), Json.LocateParams, Json.LocateResult));
        Secrets.AssertNone(refusal.RemoteMessage);
        var data = refusal.ErrorData ?? throw new InvalidOperationException(refusal.RemoteMessage);
        return (data.Code, refusal.RemoteMessage, data.Target, data.Retryable, data.Actions);
    }

    /// <summary>A bit of everything: lists, a run's files, a person's notebooks, a registry's model.</summary>
    private async Task WorkAsync(ExportSidecar sidecar)
    {
        await LookAsync(sidecar);
        await emulator.FilesAsync(("Users/proxied/a.ipynb", 2000));
        var run = await emulator.AddRunAsync(("outputs/model.bin", 9_000_000), ("logs/a.txt", 100));
        var workspace = await ListAsync(sidecar, NodeTargets.Format(new WorkspaceTarget(emulator.Workspace)));
        var notebooks = workspace.Single(node => node.Kind == NodeKind.Notebooks);
        var registries = (await ListAsync(sidecar, NodeTargets.Format(new SubscriptionTarget(emulator.Workspace.SubscriptionId, null)))).Single(node => node.Kind == NodeKind.Registries);
        var shared = await FindAsync(sidecar, registries, NodeKind.ModelVersion);
        foreach (var node in new[] { emulator.NodeOf(run.RunId), (await ListAsync(sidecar, notebooks.Id)).Single(node => node.Label == "proxied").Id, shared.Id })
        {
            Assert.Equal(OperationState.Succeeded, (await sidecar.ExportAsync(node, _folder.Out)).Operation.State);
        }
    }

    private async Task<TreeNode> FindAsync(ExportSidecar sidecar, TreeNode from, NodeKind kind)
    {
        var open = new Queue<TreeNode>([from]);
        while (open.TryDequeue(out var node))
        {
            if (node.Kind == kind)
            {
                return node;
            }

            foreach (var child in node.Expansion == NodeExpansion.None ? [] : await ListAsync(sidecar, node.Id))
            {
                open.Enqueue(child);
            }
        }

        throw new InvalidOperationException($"There is no {kind}.");
    }

    private void AssertNoPassword()
    {
        foreach (var file in Directory.EnumerateFiles(_folder.Root, "*", SearchOption.AllDirectories).Where(file => !file.StartsWith(_folder.Out, StringComparison.Ordinal)))
        {
            var text = File.ReadAllText(file);
            Assert.DoesNotContain("p@ss", text, StringComparison.Ordinal);
            Assert.DoesNotContain("p%40ss", text, StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(Name)), text, StringComparison.Ordinal);
        }
    }
}
