using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;

namespace AmlDataTools.Core.Transfer;

/// <summary>A verified file that lies among the unfinished ones, still open.</summary>
internal sealed record StagedFile(TransferItem Item, SafeFileHandle Handle, string Part, ItemResult Result);

/// <summary>
/// Gives verified files their final names, in groups: flush each to disk, write down the group in the journal and flush
/// that, then rename. So a file with a final name is complete even after a power cut, and the cost of a flush to the
/// journal is shared.
/// </summary>
internal sealed class Committer(Destination destination, ITransferJournal journal, TransferProgress progress) : IDisposable
{
    private const int GroupSize = 256;

    private readonly Channel<StagedFile> _staged = Channel.CreateBounded<StagedFile>(GroupSize);
    private readonly CancellationTokenSource _broken = new();

    /// <summary>Hands a file over; waits when the disk is behind.</summary>
    public async ValueTask AddAsync(StagedFile file, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _broken.Token);
        try
        {
            await _staged.Writer.WriteAsync(file, either.Token).ConfigureAwait(false);
        }
        catch
        {
            file.Handle.Dispose();
            throw;
        }
    }

    /// <summary>No more files will come.</summary>
    public void Complete() => _staged.Writer.TryComplete();

    /// <summary>Works until <see cref="Complete"/> and all is done. Not cancellable: what is verified is kept.</summary>
    public async Task RunAsync()
    {
        var group = new List<StagedFile>(GroupSize);
        try
        {
            while (await _staged.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                while (group.Count < GroupSize && _staged.Reader.TryRead(out var file))
                {
                    group.Add(file);
                }

                CommitGroup(group);
                group.Clear();
            }
        }
        catch
        {
            await _broken.CancelAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            foreach (var file in group)
            {
                file.Handle.Dispose();
            }

            while (_staged.Reader.TryRead(out var file))
            {
                file.Handle.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _broken.Dispose();

    private void CommitGroup(List<StagedFile> group)
    {
        LocalDisk.Try(destination.Staging, () => DiskFlush.Flush([.. group.Select(f => f.Handle)]));
        foreach (var file in group)
        {
            file.Handle.Dispose();
        }

        group = [.. group.Where(HasPlace)];
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var results = new List<ItemResult>(group.Count);
        foreach (var file in group)
        {
            results.Add(file.Result with { Path = destination.Choose(file.Item.Path, taken) });
        }

        journal.Commit(results);
        for (var i = 0; i < group.Count; i++)
        {
            Rename(group[i], results[i]);
            progress.ItemDone();
        }
    }

    /// <summary>Something in the way of one file (a link, a folder) fails that file and no other.</summary>
    private bool HasPlace(StagedFile file)
    {
        try
        {
            destination.MakeWay(file.Item.Path);
            return true;
        }
        catch (Problems.ProblemException problem) when (TransferEngine.IsOfAPath(problem))
        {
            LocalDisk.Try(file.Part, () => File.Delete(file.Part));
            journal.End(FileFetcher.Ended(file.Item, ItemOutcome.Failed, problem.Code, problem.Message));
            progress.ItemFailed();
            return false;
        }
    }

    private void Rename(StagedFile file, ItemResult result)
    {
        while (true)
        {
            try
            {
                LocalDisk.Try(result.Path, () => destination.Finish(file.Part, result.Path));
                return;
            }
            catch (Problems.ProblemException) when (File.Exists(file.Part) && destination.IsTaken(result.Path))
            {
                // Somebody took the name between the choice and the rename: choose again, and write that down first.
                result = file.Result with { Path = destination.Choose(file.Item.Path, new HashSet<string>(StringComparer.OrdinalIgnoreCase)) };
                journal.Commit([result]);
            }
        }
    }
}
