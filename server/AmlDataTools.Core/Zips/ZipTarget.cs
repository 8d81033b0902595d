using AmlDataTools.Core.Names;
using AmlDataTools.Core.Transfer;
using Microsoft.Win32.SafeHandles;

namespace AmlDataTools.Core.Zips;

/// <summary>
/// Items become entries of a zip. Each gets its room when it is begun, and its bytes are written straight into it; its local
/// header follows once its checksum is known. There is no other copy of it on disk.
/// </summary>
/// <param name="part">The zip under construction.</param>
/// <param name="space">Which of its room is free.</param>
/// <param name="destination">The folder it will lie in, and where documents are put together.</param>
/// <param name="planned">What counts as the time of items that have none; Unix time in seconds.</param>
internal sealed class ZipTarget(ZipPart part, ZipSpace space, Destination destination, long planned) : ITransferTarget
{
    /// <inheritdoc/>
    public bool WantsCrc32 => true;

    /// <inheritdoc/>
    public bool SkipsIdentical => false;

    /// <inheritdoc/>
    public FileInfo? Existing(string path) => null;

    /// <summary>Nothing yet: folders are written with the zip's directory, from the journal.</summary>
    public void MakeFolder(string path) => PathGuard.EnsureInside(destination.Folder, path);

    /// <inheritdoc/>
    public string PartOf(long index) => destination.PartOf(index);

    /// <inheritdoc/>
    public ItemRoom Open(TransferItem item, long length, bool ranged)
    {
        PathGuard.EnsureInside(destination.Folder, item.Path);
        var header = ZipRecords.HeaderBytes(item.Path, length);
        var place = space.Take(header + length);
        return new Room(this, place, place + header, length);
    }

    /// <inheritdoc/>
    public ItemRoom Reopen(TransferItem item, PartialFile partial) =>
        partial.Room is { } room ? new Room(this, room.Place, room.Start, partial.Length) : throw new InvalidOperationException("The part has no room in the zip.");

    /// <inheritdoc/>
    public (ItemRoom Room, uint Crc32) TakeIn(TransferItem item, long length)
    {
        var room = Open(item, length, ranged: false);
        uint crc;
        using (var source = new ZipPart(PartOf(item.Index)))
        {
            crc = source.CopyTo(part, room.Start, length);
        }

        LocalDisk.Try(PartOf(item.Index), () => File.Delete(PartOf(item.Index)));
        return (room, crc);
    }

    /// <inheritdoc/>
    public void Commit(IReadOnlyList<StagedFile> group, ITransferJournal journal, TransferProgress progress)
    {
        var results = new List<ItemResult>(group.Count);
        foreach (var file in group)
        {
            var result = file.Result with { Place = file.Room.Place, Modified = file.Result.Modified ?? planned };
            var entry = ZipEntry.Of(result) ?? throw new InvalidOperationException("A zip takes verified items only.");
            part.Write(ZipRecords.Header(entry), entry.Place);
            results.Add(result);
        }

        part.Flush();
        journal.Commit(results);
        foreach (var _ in group)
        {
            progress.ItemDone();
        }
    }

    private sealed class Room(ZipTarget target, long place, long start, long length) : ItemRoom
    {
        private int _givenUp;

        public override SafeFileHandle Handle => target.Part.Handle;

        public override string Path => target.Part.Path;

        public override long Start => start;

        public override long? Place => place;

        public override void GiveUp()
        {
            if (Interlocked.Exchange(ref _givenUp, 1) == 0)
            {
                target.Space.Free(place, start - place + length);
            }
        }

        public override void Dispose()
        {
            // The file is the zip's, and the room remains taken.
        }
    }

    private ZipPart Part => part;

    private ZipSpace Space => space;
}
