using AmlDataTools.Core.Transfer;
using Xunit;

namespace AmlDataTools.Core.Tests.Transfer;

public sealed class RequestGovernorTests
{
    [Fact]
    public async Task It_lets_no_more_in_than_the_limit()
    {
        using var governor = new RequestGovernor(3, TimeProvider.System);
        var places = new List<IDisposable>();
        for (var i = 0; i < 3; i++)
        {
            places.Add(await governor.EnterAsync(CancellationToken.None));
        }

        var fourth = governor.EnterAsync(CancellationToken.None).AsTask();
        await Task.Delay(50);
        Assert.False(fourth.IsCompleted);
        places[0].Dispose();
        using var place = await fourth.WaitAsync(TimeSpan.FromSeconds(120));
    }

    [Fact]
    public async Task A_refusal_holds_everything_back_and_halves_the_limit_once_for_all_in_flight()
    {
        using var governor = new RequestGovernor(8, TimeProvider.System);
        var places = new List<IDisposable>();
        for (var i = 0; i < 8; i++)
        {
            places.Add(await governor.EnterAsync(CancellationToken.None));
        }

        for (var i = 0; i < 8; i++)
        {
            governor.Throttled(TimeSpan.FromMilliseconds(300));
        }

        var held = governor.HeldUntil;
        places.ForEach(p => p.Dispose());
        using (await governor.EnterAsync(CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(120)))
        {
            Assert.True(DateTimeOffset.UtcNow >= held.AddMilliseconds(-20));
        }

        Assert.Equal(4, await CountAsync(governor));

        // 32 good answers give a place back, up to the limit and no further.
        for (var i = 0; i < 32; i++)
        {
            governor.Answered();
        }

        Assert.Equal(5, await CountAsync(governor));
        for (var i = 0; i < 1000; i++)
        {
            governor.Answered();
        }

        Assert.Equal(8, await CountAsync(governor));
    }

    [Fact]
    public async Task It_never_goes_below_one_and_a_cancelled_wait_gives_its_place_back()
    {
        using var governor = new RequestGovernor(2, TimeProvider.System);
        for (var i = 0; i < 5; i++)
        {
            governor.Throttled(TimeSpan.FromMilliseconds(5));
            await Task.Delay(10);
        }

        Assert.Equal(1, await CountAsync(governor));
        governor.Throttled(TimeSpan.FromMinutes(5));
        using var stop = new CancellationTokenSource(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => governor.EnterAsync(stop.Token).AsTask());
    }

    /// <summary>How many get in at once.</summary>
    private static async Task<int> CountAsync(RequestGovernor governor)
    {
        var places = new List<IDisposable>();
        using var stop = new CancellationTokenSource(300);
        try
        {
            while (true)
            {
                places.Add(await governor.EnterAsync(stop.Token));
            }
        }
        catch (OperationCanceledException)
        {
            var count = places.Count;
            places.ForEach(p => p.Dispose());
            return count;
        }
    }
}
