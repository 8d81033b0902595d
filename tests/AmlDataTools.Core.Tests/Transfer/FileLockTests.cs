using AmlDataTools.Core.Tests.Names;
using AmlDataTools.Core.Transfer;
using Xunit;

namespace AmlDataTools.Core.Tests.Transfer;

public sealed class FileLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => Path.Combine(_folder.Root, "lock");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Only_what_is_taken_is_locked()
    {
        Assert.False(FileLock.IsTaken(File));
        Assert.False(FileLock.IsTaken(Path.Combine(_folder.Root, "none", "lock")));
        using (FileLock.TryTake(File))
        {
            Assert.True(FileLock.IsTaken(File));
            Assert.Null(FileLock.TryTake(File));
        }

        Assert.False(FileLock.IsTaken(File));
        Assert.Throws<DirectoryNotFoundException>(() => FileLock.TryTake(Path.Combine(_folder.Root, "none", "lock")));
    }

    /// <summary>Windows look at an operation every second; one that is about to work on it must not be told that somebody else does.</summary>
    [Fact]
    public async Task Who_only_looks_keeps_nobody_from_taking_it_and_takes_nobody_for_an_owner()
    {
        using (FileLock.TryTake(File))
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
                if (FileLock.IsTaken(File) && before == Volatile.Read(ref taken) && before % 2 == 0)
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
            using (var ownership = await FileLock.TakeUnlessWorkedOnAsync(File, TimeProvider.System, CancellationToken.None))
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
        using (FileLock.TryTake(File))
        {
            Assert.Null(await FileLock.TakeUnlessWorkedOnAsync(File, TimeProvider.System, CancellationToken.None));
        }

        var ownership = FileLock.TryTake(File);
        var waiting = FileLock.TakeUnlessWorkedOnAsync(File, TimeProvider.System, CancellationToken.None);
        Assert.False(waiting.IsCompleted);
        ownership?.Dispose();
        using var followed = await waiting;
        Assert.NotNull(followed);
        using var cancelled = new CancellationTokenSource(0);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => FileLock.TakeUnlessWorkedOnAsync(File, TimeProvider.System, cancelled.Token));
    }
}
