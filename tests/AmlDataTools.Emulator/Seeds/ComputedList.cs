using System.Collections;

namespace AmlDataTools.Emulator.Seeds;

/// <summary>A list whose items are computed when asked for; skipping costs nothing.</summary>
/// <param name="count">How many.</param>
/// <param name="at">The item at an index.</param>
internal sealed class ComputedList<T>(int count, Func<int, T> at) : IReadOnlyList<T>, IList<T>
{
    /// <inheritdoc cref="IReadOnlyCollection{T}.Count"/>
    public int Count => count;

    /// <inheritdoc/>
    public bool IsReadOnly => true;

    /// <inheritdoc/>
    public T this[int index]
    {
        get => at(index);
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => Enumerable.Range(0, count).Select(at).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public int IndexOf(T item) => throw new NotSupportedException();

    /// <inheritdoc/>
    public bool Contains(T item) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void CopyTo(T[] array, int arrayIndex) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Add(T item) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Insert(int index, T item) => throw new NotSupportedException();

    /// <inheritdoc/>
    public bool Remove(T item) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void RemoveAt(int index) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void Clear() => throw new NotSupportedException();
}
