using AmlDataTools.Core.Operations;
using AmlDataTools.Core.Tests.Names;
using Xunit;

namespace AmlDataTools.Core.Tests.Operations;

public sealed class StateFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Root, "lock");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Only_what_is_taken_is_locked()
    {
        Assert.False(StateFiles.IsLocked(File));
        Assert.False(StateFiles.IsLocked(Path.Combine(_folder.Root, "none", "lock")));
        using (StateFiles.TryLock(File))
        {
            Assert.True(StateFiles.IsLocked(File));
            Assert.Null(StateFiles.TryLock(File));
        }

        Assert.False(StateFiles.IsLocked(File));
        Assert.Throws<DirectoryNotFoundException>(() => StateFiles.TryLock(Path.Combine(_folder.Root, "none", "lock")));
    }

    /// <summary>Windows look at an operation every second; one that is about to work on it must not be told that somebody else does.</summary>
    [Fact]
    public async Task Who_only_looks_keeps_nobody_from_taking_it_and_takes_nobody_for_an_owner()
    {
        using (StateFiles.TryLock(File))
        {
        }

        using var ending = new CancellationTokenSource();
        var looked = 0;
        var wronglyLocked = 0;
        var taken = 0;
        var lookers = Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
        {
            while (!ending.IsCancellationRequested)
            {
                var before = Volatile.Read(ref taken);
                if (StateFiles.IsLocked(File) && before == Volatile.Read(ref taken) && before % 2 == 0)
                {
                    Interlocked.Increment(ref wronglyLocked);
                }

                Interlocked.Increment(ref looked);
                Thread.Sleep(1);
            }
        })).ToList();
        for (var i = 0; i < 200; i++)
        {
            // Odd from before it is tried until after it is given back.
            Interlocked.Increment(ref taken);
            using (var ownership = await StateFiles.LockAsync(File, TimeProvider.System, CancellationToken.None))
            {
                Assert.NotNull(ownership);
            }

            Interlocked.Increment(ref taken);
            await Task.Delay(1);
        }

        await ending.CancelAsync();
        await Task.WhenAll(lookers);
        Assert.True(looked > 200, $"They looked {looked} times.");
        Assert.Equal(0, wronglyLocked);
    }

    [Fact]
    public async Task Who_keeps_it_is_not_waited_for_long_and_who_gives_it_back_is_followed()
    {
        using (StateFiles.TryLock(File))
        {
            Assert.Null(await StateFiles.LockAsync(File, TimeProvider.System, CancellationToken.None));
        }

        var ownership = StateFiles.TryLock(File);
        var waiting = StateFiles.LockAsync(File, TimeProvider.System, CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        ownership?.Dispose();
        using var followed = await waiting;
        Assert.NotNull(followed);
        using var cancelled = new CancellationTokenSource(0);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => StateFiles.LockAsync(File, TimeProvider.System, cancelled.Token));
    }
}
