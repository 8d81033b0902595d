using AmlDataTools.Azure.Blobs;
using AmlDataTools.Azure.Http;
using AmlDataTools.Core.Copies;
using AmlDataTools.Core.Problems;
using AmlDataTools.Core.Transfer;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace AmlDataTools.Core.Tests.Copies;

public sealed class CopyAttemptsTests
{
    private static readonly CopySettings Quick = new() { Attempts = 3, FirstDelay = TimeSpan.FromMilliseconds(5), LongestDelay = TimeSpan.FromMilliseconds(20) };

    [Theory]
    [InlineData(503, "ServerBusy", false)]
    [InlineData(429, "TooManyRequests", false)]
    [InlineData(500, "InternalError", true)]
    public async Task A_source_that_is_busy_is_waited_for(int status, string code, bool unsure)
    {
        using var governor = new RequestGovernor(2, TimeProvider.System);
        var asked = 0;

        var (answer, mayHaveHappened) = await Attempts(governor).DoAsync(
            "a.txt",
            _ => ++asked < 3 ? throw new CopySourceException(new AzureServiceException(status, code, "busy")) : Task.FromResult("copied"),
            CancellationToken.None);

        Assert.Equal("copied", answer);
        Assert.Equal(3, asked);
        Assert.Equal(unsure, mayHaveHappened);
    }

    [Fact]
    public async Task A_source_that_stays_busy_stops_the_copy_with_a_problem_that_can_be_tried_again()
    {
        using var governor = new RequestGovernor(2, TimeProvider.System);
        var asked = 0;

        var problem = await Assert.ThrowsAsync<ProblemException>(() => Attempts(governor).DoAsync<string>(
            "a.txt",
            _ =>
            {
                asked++;
                throw new CopySourceException(new AzureServiceException(503, "ServerBusy", "busy"));
            },
            CancellationToken.None));

        Assert.True(problem.Retryable);
        Assert.Equal(Quick.Attempts, asked);
    }

    [Fact]
    public async Task A_source_that_refuses_is_asked_once()
    {
        using var governor = new RequestGovernor(2, TimeProvider.System);
        var asked = 0;

        var refusal = await Assert.ThrowsAsync<CopyRefusedException>(() => Attempts(governor).DoAsync<string>(
            "a.txt",
            _ =>
            {
                asked++;
                throw new CopySourceException(new AzureServiceException(404, "BlobNotFound", "gone"));
            },
            CancellationToken.None));

        Assert.True(refusal.OfSource);
        Assert.Equal(1, asked);
    }

    private static CopyAttempts Attempts(RequestGovernor governor) =>
        new(governor, Quick, new TransferProgress(), TimeProvider.System, NullLogger.Instance);
}
