using System.Text;
using AmlDataTools.Server.Rpc;

namespace AmlDataTools.Server.Tests.Rpc;

public sealed class OutgoingQueueTests
{
    private readonly OutgoingQueue _queue = new(maxMessages: 4, maxBytes: 100);

    [Fact]
    public async Task Senders_wait_when_it_is_full_and_their_order_is_kept()
    {
        var sent = Enumerable.Range(0, 10).Select(i => _queue.EnqueueAsync(Body($"{i}"), null, default).AsTask()).ToList();
        Assert.Equal(4, sent.Count(task => task.IsCompleted));
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal($"{i}", await NextAsync());
        }

        await Task.WhenAll(sent);
    }

    [Fact]
    public async Task Bytes_are_bounded_too_and_one_large_message_still_goes_alone()
    {
        await _queue.EnqueueAsync(Body(new string('a', 500)), null, default);
        var second = _queue.EnqueueAsync(Body("b"), null, default).AsTask();
        Assert.False(second.IsCompleted);
        Assert.Equal(500, (await NextAsync()).Length);
        await second;
        Assert.Equal("b", await NextAsync());
    }

    [Fact]
    public async Task A_message_takes_the_place_of_a_waiting_one_with_the_same_key()
    {
        await _queue.EnqueueAsync(Body("old"), "op 1", default);
        await _queue.EnqueueAsync(Body("other"), null, default);
        await _queue.EnqueueAsync(Body("new"), "op 1", default);
        Assert.Equal("new", await NextAsync());
        Assert.Equal("other", await NextAsync());
        await _queue.EnqueueAsync(Body("next"), "op 1", default);
        Assert.Equal("next", await NextAsync());
    }

    [Fact]
    public async Task Keyed_messages_that_wait_for_room_replace_each_other_without_adding_up()
    {
        for (var i = 0; i < 4; i++)
        {
            await _queue.EnqueueAsync(Body($"{i}"), null, default);
        }

        var first = _queue.EnqueueAsync(Body("a"), "op", default).AsTask();
        for (var i = 0; i < 1000; i++)
        {
            await _queue.EnqueueAsync(Body($"latest {i}"), "op", default);
        }

        for (var i = 0; i < 4; i++)
        {
            Assert.Equal($"{i}", await NextAsync());
        }

        await first;
        Assert.Equal("latest 999", await NextAsync());
        Assert.False(_queue.TryDequeue(out _));
    }

    [Fact]
    public async Task What_may_be_dropped_leaves_half_the_room_to_what_may_not()
    {
        Assert.True(_queue.TryEnqueue(Body("1"), null));
        Assert.True(_queue.TryEnqueue(Body("2"), null));
        Assert.False(_queue.TryEnqueue(Body("3"), null));
        await _queue.EnqueueAsync(Body("4"), null, default);
        Assert.Equal("1", await NextAsync());
        Assert.Equal("2", await NextAsync());
        Assert.Equal("4", await NextAsync());
    }

    [Fact]
    public async Task A_sender_that_gives_up_waiting_sends_nothing()
    {
        await _queue.EnqueueAsync(Body(new string('a', 100)), null, default);
        using var cancellation = new CancellationTokenSource();
        var waiting = _queue.EnqueueAsync(Body("b"), "key", cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await NextAsync();
        Assert.False(_queue.TryDequeue(out _));
        await _queue.EnqueueAsync(Body("c"), "key", default);
        Assert.Equal("c", await NextAsync());
    }

    [Fact]
    public async Task Once_completed_it_gives_out_what_it_has_and_refuses_the_rest()
    {
        await _queue.EnqueueAsync(Body(new string('a', 100)), null, default);
        var waiting = _queue.EnqueueAsync(Body("b"), null, default).AsTask();
        _queue.Complete();
        await Assert.ThrowsAsync<ConnectionLostException>(() => waiting);
        await Assert.ThrowsAsync<ConnectionLostException>(() => _queue.EnqueueAsync(Body("c"), null, default).AsTask());
        Assert.False(_queue.TryEnqueue(Body("d"), null));
        Assert.NotNull(await _queue.DequeueAsync());
        Assert.Null(await _queue.DequeueAsync());
    }

    private static ReadOnlyMemory<byte> Body(string text) => Encoding.UTF8.GetBytes(text);

    private async Task<string> NextAsync() => Encoding.UTF8.GetString((await _queue.DequeueAsync() ?? default).Span);
}
