using System.Diagnostics;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Storage;
using Azure;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmlDataTools.Core.Tests.Storage;

public sealed class StumblingTests
{
    private int _asked;

    [Fact]
    public async Task What_passes_is_asked_again_after_the_wait_that_was_wanted()
    {
        var clock = Stopwatch.StartNew();
        Assert.Equal(7, await AskAsync(times: 1, new AzureServiceException(503, "ServerBusy", "busy") { RetryAfter = TimeSpan.FromSeconds(1) }));
        Assert.Equal(2, _asked);
        Assert.True(clock.Elapsed >= TimeSpan.FromSeconds(0.95));
    }

    [Fact]
    public async Task A_broken_connection_and_a_torn_answer_are_asked_again()
    {
        Assert.Equal(7, await AskAsync(times: 1, new RequestFailedException("reset")));
        Assert.Equal(7, await AskAsync(times: 1, new InvalidDataException("torn")));
        Assert.Equal(4, _asked);
    }

    [Fact]
    public async Task A_connection_that_stays_broken_is_given_up()
    {
        await Assert.ThrowsAsync<IOException>(() => AskAsync(times: 100, new IOException("reset")));
        Assert.Equal(3, _asked);
    }

    public static TheoryData<Exception> Final => new()
    {
        new AzureServiceException(403, "AuthorizationFailure", "no"),
        new AzureServiceException(404, "BlobNotFound", "no"),
        new AzureServiceException(503, "ServerBusy", "later") { RetryAfter = TimeSpan.FromHours(1) },
        new TaskCanceledException("silent", new TimeoutException()),
        new RequestFailedException("silent", new TimeoutException()),
    };

    [Theory]
    [MemberData(nameof(Final))]
    public async Task What_does_not_pass_is_told_at_once(Exception failure)
    {
        Assert.Same(failure, await Assert.ThrowsAnyAsync<Exception>(() => AskAsync(times: 100, failure)));
        Assert.Equal(1, _asked);
    }

    private Task<int> AskAsync(int times, Exception failure)
    {
        var left = times;
        return Stumbling.RetryAsync(
            NullLogger.Instance,
            () =>
            {
                _asked++;
                return left-- > 0 ? Task.FromException<int>(failure) : Task.FromResult(7);
            },
            CancellationToken.None);
    }
}
