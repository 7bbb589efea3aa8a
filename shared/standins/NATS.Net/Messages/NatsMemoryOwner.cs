using System.Buffers;
using System.Text;

namespace NATS.Client.Core;

public enum NatsMemoryOwnerAllocationMode
{
    Default,
    Clear,
}

/// <summary>
/// A rented stretch of memory that whoever receives it disposes, once. A received one is a slice of the buffer that the
/// socket filled: nothing was copied, and that buffer is reused when all its slices are disposed.
/// </summary>
public struct NatsMemoryOwner<T> : IMemoryOwner<T>
{
    private T[]? _array;
    private readonly int _start;
    private readonly int _length;
    private readonly object? _lease;

    internal NatsMemoryOwner(T[] array, int start, int length, object? lease)
    {
        _array = array;
        _start = start;
        _length = length;
        _lease = lease;
    }

    public static NatsMemoryOwner<T> Empty => default;

    public readonly int Length => _length;

    public readonly Memory<T> Memory => new(Array, _start, _length);

    public readonly Span<T> Span => new(Array, _start, _length);

    private readonly T[] Array =>
        _array ?? (_length == 0 ? [] : throw new ObjectDisposedException(nameof(NatsMemoryOwner<T>)));

    public static NatsMemoryOwner<T> Allocate(int size) => Allocate(size, ArrayPool<T>.Shared);

    public static NatsMemoryOwner<T> Allocate(int size, ArrayPool<T> pool) =>
        Allocate(size, pool, NatsMemoryOwnerAllocationMode.Default);

    public static NatsMemoryOwner<T> Allocate(int size, NatsMemoryOwnerAllocationMode mode) =>
        Allocate(size, ArrayPool<T>.Shared, mode);

    public static NatsMemoryOwner<T> Allocate(int size, ArrayPool<T> pool, NatsMemoryOwnerAllocationMode mode)
    {
        var array = pool.Rent(size);
        if (mode == NatsMemoryOwnerAllocationMode.Clear)
            array.AsSpan(0, size).Clear();
        return new(array, 0, size, pool);
    }

    public readonly ArraySegment<T> DangerousGetArray() => new(Array, _start, _length);

    /// <summary>Hands the rental over to the slice; this owner must not be used any more.</summary>
    public NatsMemoryOwner<T> Slice(int start, int length)
    {
        if ((uint)start > (uint)_length || (uint)length > (uint)(_length - start))
            throw new ArgumentOutOfRangeException(nameof(start), $"[{start}, {start + length}) is not within {_length} elements.");
        var array = Array;
        _array = null;
        return new(array, _start + start, length, _lease);
    }

    public void Dispose()
    {
        var array = _array;
        if (array is null)
            return;
        _array = null;
        if (_lease is ReceiveBuffer buffer)
            buffer.Release();
        else if (_lease is ArrayPool<T> pool)
            pool.Return(array);
    }

    public override readonly string ToString() =>
        Array is byte[] bytes ? Encoding.UTF8.GetString(bytes, _start, _length)
        : Array is char[] text ? new string(text, _start, _length)
        : $"NatsMemoryOwner<{typeof(T)}>[{_length}]";
}
