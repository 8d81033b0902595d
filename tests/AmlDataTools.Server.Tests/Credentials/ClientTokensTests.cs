using System.Text;
using AmlDataTools.Core.Problems;
using AmlDataTools.Server.Credentials;
using AmlDataTools.Server.Protocol;
using AmlDataTools.Server.Tests.Support;
using Azure.Core;

namespace AmlDataTools.Server.Tests.Credentials;

public sealed class ClientTokensTests
{
    private static readonly string[] s_scopes = ["https://management.azure.com/.default"];
    private readonly FakeClient _client = new();
    private readonly FakeTime _time = new();
    private readonly ClientTokens _tokens;

    public ClientTokensTests() => _tokens = new ClientTokens(_client, _time);

    [Fact]
    public async Task Many_who_want_the_same_token_ask_once()
    {
        _client.Gate = new TaskCompletionSource();
        var wanted = Enumerable.Range(0, 50).Select(_ => _tokens.GetAsync(s_scopes, "T1", null, default).AsTask()).ToList();
        await _client.Asked.Task;
        _client.Gate.SetResult();
        var tokens = await Task.WhenAll(wanted);
        Assert.Single(tokens.Select(token => token.Token).Distinct());
        Assert.Single(_client.Requests);
        Assert.Equal(tokens[0].Token, (await _tokens.GetAsync(s_scopes, "t1", null, default)).Token);
        Assert.Single(_client.Requests);
    }

    [Fact]
    public async Task Tenants_and_scopes_have_tokens_of_their_own()
    {
        var one = await _tokens.GetAsync(s_scopes, "t1", null, default);
        var two = await _tokens.GetAsync(s_scopes, "t2", null, default);
        var three = await _tokens.GetAsync(["https://storage.azure.com/.default"], "t1", null, default);
        Assert.Equal(3, new[] { one.Token, two.Token, three.Token }.Distinct().Count());
    }

    [Fact]
    public async Task A_token_is_asked_for_again_shortly_before_it_expires()
    {
        _client.ExpiresOn = _time.GetUtcNow().AddMinutes(60).ToUnixTimeMilliseconds();
        await _tokens.GetAsync(s_scopes, null, null, default);
        _time.Advance(TimeSpan.FromMinutes(54));
        await _tokens.GetAsync(s_scopes, null, null, default);
        Assert.Single(_client.Requests);
        _time.Advance(TimeSpan.FromMinutes(2));
        await _tokens.GetAsync(s_scopes, null, null, default);
        Assert.Equal(2, _client.Requests.Count);
    }

    [Fact]
    public async Task Without_an_expiry_the_tokens_own_claim_counts()
    {
        var expiry = _time.GetUtcNow().AddMinutes(30).ToUnixTimeSeconds();
        var claims = System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"aud":"x","exp":{{expiry}}}"""));
        _client.ExpiresOn = null;
        _client.NextToken = $"eyJhbGciOiJub25l.{claims}.sig";
        Assert.Equal(expiry, (await _tokens.GetAsync(s_scopes, null, null, default)).ExpiresOn.ToUnixTimeSeconds());
        _tokens.Forget();
        _client.NextToken = "opaque";
        Assert.Equal(_time.GetUtcNow().AddMinutes(10), (await _tokens.GetAsync(s_scopes, null, null, default)).ExpiresOn);
    }

    [Fact]
    public async Task Claims_pass_a_kept_token_by_and_the_new_one_takes_its_place()
    {
        var old = await _tokens.GetAsync(s_scopes, "t", null, default);
        var stepped = await _tokens.GetAsync(s_scopes, "t", """{"access_token":{}}""", default);
        Assert.NotEqual(old.Token, stepped.Token);
        Assert.Equal("""{"access_token":{}}""", _client.Requests[1].Claims);
        Assert.Equal(stepped.Token, (await _tokens.GetAsync(s_scopes, "t", null, default)).Token);
    }

    [Fact]
    public async Task A_change_of_account_drops_tokens_and_those_on_their_way_are_not_kept()
    {
        var happened = 0;
        _tokens.Changed += () => happened++;
        await _tokens.GetAsync(s_scopes, "t", null, default);
        _client.Gate = new TaskCompletionSource();
        _client.Asked = new TaskCompletionSource();
        var late = _tokens.GetAsync(s_scopes, "other", null, default).AsTask();
        await _client.Asked.Task;
        _tokens.Forget();
        _client.Gate.SetResult();
        await late;
        await _tokens.GetAsync(s_scopes, "t", null, default);
        await _tokens.GetAsync(s_scopes, "other", null, default);
        Assert.Equal(4, _client.Requests.Count);
        Assert.Equal(1, happened);
    }

    [Fact]
    public async Task One_who_gives_up_does_not_take_the_token_from_the_others()
    {
        _client.Gate = new TaskCompletionSource();
        using var cancellation = new CancellationTokenSource();
        var first = _tokens.GetAsync(s_scopes, null, null, cancellation.Token).AsTask();
        var second = _tokens.GetAsync(s_scopes, null, null, default).AsTask();
        await _client.Asked.Task;
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.False(_client.LastToken.IsCancellationRequested);
        _client.Gate.SetResult();
        Assert.NotEmpty((await second).Token);
    }

    [Fact]
    public async Task When_all_give_up_the_client_is_told()
    {
        _client.Gate = new TaskCompletionSource();
        using var cancellation = new CancellationTokenSource();
        var only = _tokens.GetAsync(s_scopes, null, null, cancellation.Token).AsTask();
        await _client.Asked.Task;
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => only);
        Assert.True(_client.LastToken.IsCancellationRequested);
        _client.Gate = null;
        Assert.NotEmpty((await _tokens.GetAsync(s_scopes, null, null, default)).Token);
    }

    [Theory]
    [InlineData("auth.signInRequired", "auth.signInRequired")]
    [InlineData("auth.cancelled", "auth.cancelled")]
    [InlineData("anything.else", "auth.signInRequired")]
    public async Task Errors_of_the_client_become_problems_to_sign_in(string clientCode, string code)
    {
        await using var connection = new Connection();
        var credential = new ClientTokenCredential(new ClientTokens(new CredentialClient(connection.Rpc), _time), "tenant-1");
        var wanted = credential.GetTokenAsync(new TokenRequestContext(s_scopes), default).AsTask();
        var question = await connection.Client.ReadAsync();
        Assert.Equal("""{"scopes":["https://management.azure.com/.default"],"tenantId":"tenant-1","claims":null}""", question?["params"].Text());
        await connection.Client.SendAsync($$$$$"""{"jsonrpc":"2.0","id":{{{{{question?["id"].Text()}}}}},"error":{"code":-32803,"message":"no","data":{"code":"{{{{{clientCode}}}}}","retryable":false,"correlationId":null,"target":null,"actions":[]}}}""");
        var problem = await Assert.ThrowsAsync<ProblemException>(() => wanted);
        Assert.Equal((code, "tenant-1"), (problem.Code, problem.Target));
        Assert.Equal([ProblemAction.SignIn], problem.Actions);
    }

    [Fact]
    public async Task The_request_names_the_tenant_before_the_credential_does()
    {
        var credential = new ClientTokenCredential(_tokens, "mine");
        await credential.GetTokenAsync(new TokenRequestContext(s_scopes, tenantId: "theirs", claims: "{}"), default);
        credential.GetToken(new TokenRequestContext(s_scopes), default);
        Assert.Equal([("theirs", "{}"), ("mine", null)], _client.Requests.Select(request => (request.TenantId, request.Claims)));
    }

    private sealed class FakeClient : ICredentialClient
    {
        private int _count;

        public List<TokenParams> Requests { get; } = [];

        public TaskCompletionSource? Gate { get; set; }

        public TaskCompletionSource Asked { get; set; } = new();

        public long? ExpiresOn { get; set; } = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

        public string? NextToken { get; set; }

        public CancellationToken LastToken { get; private set; }

        public async Task<TokenResult> GetTokenAsync(TokenParams parameters, CancellationToken cancellationToken)
        {
            lock (Requests)
            {
                Requests.Add(parameters);
                LastToken = cancellationToken;
            }

            Asked.TrySetResult();
            if (Gate is { } gate)
            {
                await gate.Task.WaitAsync(cancellationToken);
            }

            return new TokenResult(NextToken ?? $"token-{Interlocked.Increment(ref _count)}", ExpiresOn, "Ada");
        }

        public Task ShowDeviceCodeAsync(DeviceCodeParams parameters, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private sealed class FakeTime : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan by) => _now += by;
    }
}
