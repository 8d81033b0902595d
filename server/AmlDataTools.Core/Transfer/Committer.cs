using System.Threading.Channels;

namespace AmlDataTools.Core.Transfer;

/// <summary>
/// Hands verified files to the target in groups: flush each to disk, write down the group in the journal and flush that,
/// then name them. So a file with a final name is complete even after a power cut, and the cost of a flush is shared.
/// </summary>
internal sealed class Committer(ITransferTarget target, ITransferJournal journal, TransferProgress progress) : IDisposable
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
            file.Room.Dispose();
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

                target.Commit(group, journal, progress);
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
                file.Room.Dispose();
            }

            while (_staged.Reader.TryRead(out var file))
            {
                file.Room.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _broken.Dispose();
}
