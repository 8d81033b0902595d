using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using Azure;
using Azure.Identity;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Problems;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace AmlDataTools.Core.Tests.Problems;

public sealed class ProblemMapperTests
{
    private const string Storage = "sampleamlstorage.blob.core.windows.net";

    [Theory]
    [InlineData(401, "Unauthorized", "management.azure.com", ProblemSubject.Workspace, "auth.signInRequired", ProblemAction.SignIn)]
    [InlineData(403, "AuthorizationFailed", "management.azure.com", ProblemSubject.Workspace, "auth.forbidden", ProblemAction.SignIn)]
    [InlineData(403, "AuthorizationPermissionMismatch", Storage, ProblemSubject.Storage, "storage.authorizationMismatch", ProblemAction.Retry)]
    [InlineData(403, "AuthorizationFailure", Storage, ProblemSubject.Run, "storage.authorizationFailure", ProblemAction.Retry)]
    [InlineData(403, "AuthenticationFailed", Storage, ProblemSubject.Storage, "storage.authenticationFailed", ProblemAction.SignIn)]
    [InlineData(403, "KeyBasedAuthenticationNotPermitted", Storage, ProblemSubject.Storage, "storage.keyAccessDisabled", ProblemAction.SignIn)]
    [InlineData(409, "PublicAccessNotPermitted", Storage, ProblemSubject.Storage, "storage.publicAccessDisabled", ProblemAction.SignIn)]
    [InlineData(403, "SomethingNew", Storage, ProblemSubject.Storage, "storage.forbidden", ProblemAction.SignIn)]
    [InlineData(404, "BlobNotFound", Storage, ProblemSubject.Storage, "storage.notFound", ProblemAction.Retry)]
    [InlineData(404, "ContainerNotFound", Storage, ProblemSubject.Storage, "storage.containerNotFound", ProblemAction.OpenInStudio)]
    [InlineData(412, "ConditionNotMet", Storage, ProblemSubject.Storage, "storage.changed", ProblemAction.PlanAgain)]
    [InlineData(503, "ServerBusy", Storage, ProblemSubject.Storage, "service.throttled", ProblemAction.Retry)]
    [InlineData(404, "ResourceNotFound", "management.azure.com", ProblemSubject.Workspace, "workspace.notFound", ProblemAction.SelectSubscriptions)]
    [InlineData(404, "UserError", "eastus.api.azureml.ms", ProblemSubject.Run, "run.notFound", ProblemAction.Retry)]
    [InlineData(404, "UserError", "eastus.api.azureml.ms", ProblemSubject.Experiment, "experiment.notFound", ProblemAction.Retry)]
    [InlineData(404, "SubscriptionNotFound", "management.azure.com", ProblemSubject.Workspace, "subscription.notFound", ProblemAction.SelectSubscriptions)]
    [InlineData(429, "TooManyRequests", "management.azure.com", ProblemSubject.Workspace, "service.throttled", ProblemAction.Retry)]
    [InlineData(504, "TransientError", "management.azure.com", ProblemSubject.Datastore, "service.unavailable", ProblemAction.Retry)]
    [InlineData(500, "ServiceError", "management.azure.com", ProblemSubject.Datastore, "service.unavailable", ProblemAction.Retry)]
    [InlineData(200, "InvalidResponse", "management.azure.com", ProblemSubject.Workspace, "service.invalidAnswer", ProblemAction.Retry)]
    [InlineData(302, "Found", "management.azure.com", ProblemSubject.Workspace, "service.redirected", ProblemAction.OpenSettings)]
    [InlineData(409, "Conflict", "management.azure.com", ProblemSubject.Workspace, "service.conflict", ProblemAction.Retry)]
    [InlineData(400, "UserError", "eastus.api.azureml.ms", ProblemSubject.Run, "service.badRequest", ProblemAction.ShowLog)]
    public void Answers_of_services_get_stable_codes(int status, string code, string host, ProblemSubject subject, string expected, ProblemAction action)
    {
        var problem = ProblemMapper.From(
            new AzureServiceException(status, code, "text") { Host = host, CorrelationId = "c-1" }, new ProblemContext(subject, "thing"));
        Assert.Equal(expected, problem.Code);
        Assert.Equal("c-1", problem.CorrelationId);
        Assert.Equal("thing", problem.Target);
        Assert.Contains(action, problem.Actions);
        Assert.EndsWith(".", problem.Message.Replace(": text", ".", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.True(problem.Retryable || problem.Code is not ("service.throttled" or "service.unavailable"));
    }

    [Fact]
    public void A_closed_network_is_told_from_a_missing_role()
    {
        var problem = ProblemMapper.From(
            new AzureServiceException(403, "UserError", "Public network access is disabled for this workspace."), new ProblemContext(ProblemSubject.Workspace, "w"));
        Assert.Equal("network.publicAccessDisabled", problem.Code);
        Assert.Contains("private endpoint", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Throttling_tells_how_long()
        => Assert.Contains("in 17 s", ProblemMapper.From(new AzureServiceException(429, "TooManyRequests", "x") { RetryAfter = TimeSpan.FromSeconds(17) }, ProblemContext.None).Message, StringComparison.Ordinal);

    public static TheoryData<Exception, string, bool> Others => new()
    {
        { new RequestFailedException(0, "x", new HttpRequestException(HttpRequestError.NameResolutionError, "x", new SocketException((int)SocketError.HostNotFound))), "network.unreachable", true },
        { new RequestFailedException(0, "x", new HttpRequestException("x", new SocketException((int)SocketError.ConnectionRefused))), "network.unreachable", true },
        { new AggregateException(new RequestFailedException(0, "a"), new RequestFailedException(0, "b", new HttpRequestException("x", new AuthenticationException("bad certificate")))), "network.untrustedCertificate", false },
        { new TaskCanceledException("timeout"), "network.timeout", true },
        { new ForeignHostException(new Uri("https://attacker.example/p?sig=TOPSECRET")), "security.foreignHost", false },
        { new CredentialUnavailableException("az login needed"), "auth.signInRequired", false },
        { new AuthenticationFailedException("AADSTS50076: Due to a configuration change TOPSECRET"), "auth.signInRequired", false },
        { new JsonException("TOPSECRET"), "service.invalidAnswer", true },
        { new InvalidOperationException("TOPSECRET"), "internal.unexpected", false },
        { new UnauthorizedAccessException("TOPSECRET"), "disk.notWritable", false },
        { new ProblemException("own.code", "own"), "own.code", false },
    };

    [Theory]
    [MemberData(nameof(Others), DisableDiscoveryEnumeration = true)]
    public void Everything_else_gets_a_stable_code_too(Exception exception, string code, bool retryable)
    {
        var problem = ProblemMapper.From(exception, new ProblemContext(ProblemSubject.Workspace, "w"));
        Assert.Equal((code, retryable), (problem.Code, problem.Retryable));
        Assert.DoesNotContain("TOPSECRET", problem.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_up_is_asked_for_by_its_code()
        => Assert.Contains("AADSTS50076", ProblemMapper.From(new AuthenticationFailedException("AADSTS50076: x"), ProblemContext.None).Message, StringComparison.Ordinal);

    [Fact]
    public void A_full_disk_is_told()
    {
        var full = new IOException("No space left on device", OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28);
        var context = new ProblemContext(ProblemSubject.LocalFile, "/data/x");
        Assert.Equal("disk.full", ProblemMapper.From(full, context).Code);
        Assert.Equal("disk.error", ProblemMapper.From(new IOException("x"), context).Code);
    }

    [Fact]
    public void A_signed_address_never_gets_into_a_problem() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(
            Gen.Choose(100, 599).ToArbitrary(), ArbMap.Default.ArbFor<NonEmptyString>(), Gen.Elements(Enum.GetValues<ProblemSubject>()).ToArbitrary(),
            (status, text, subject) =>
            {
                var problem = ProblemMapper.From(
                    new AzureServiceException(status, "Code", $"{text.Get} https://a.blob.core.windows.net/c/b?sv=1&sig=TOPSECRET {text.Get}"),
                    new ProblemContext(subject, "x", "https://a.blob.core.windows.net/c/b?sig=TOPSECRET"));
                return !problem.ToString().Contains("TOPSECRET", StringComparison.Ordinal) && problem.Target?.Contains("TOPSECRET", StringComparison.Ordinal) != true;
            }));
}
