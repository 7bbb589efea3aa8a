using System.Buffers;

namespace NATS.Client.Core;

/// <summary>A buffer that grows as it is written to, rented from a pool until it is disposed.</summary>
public sealed class NatsBufferWriter<T> : IBufferWriter<T>, IMemoryOwner<T>
{
    private const int DefaultCapacity = 256;
    private readonly ArrayPool<T> _pool;
    private T[]? _array;
    private int _written;

    public NatsBufferWriter()
        : this(ArrayPool<T>.Shared, DefaultCapacity)
    {
    }

    public NatsBufferWriter(ArrayPool<T> pool)
        : this(pool, DefaultCapacity)
    {
    }

    public NatsBufferWriter(int initialCapacity)
        : this(ArrayPool<T>.Shared, initialCapacity)
    {
    }

    public NatsBufferWriter(ArrayPool<T> pool, int initialCapacity)
    {
        _pool = pool;
        _array = pool.Rent(initialCapacity);
    }

    public ReadOnlyMemory<T> WrittenMemory => new(Array, 0, _written);

    public ReadOnlySpan<T> WrittenSpan => new(Array, 0, _written);

    public int WrittenCount => _written;

    public int Capacity => Array.Length;

    public int FreeCapacity => Array.Length - _written;

    Memory<T> IMemoryOwner<T>.Memory => new(Array, 0, _written);

    private T[] Array => _array ?? throw new ObjectDisposedException(nameof(NatsBufferWriter<T>));

    public void Clear()
    {
        Array.AsSpan(0, _written).Clear();
        _written = 0;
    }

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, FreeCapacity);
        _written += count;
    }

    public Memory<T> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return Array.AsMemory(_written);
    }

    public Span<T> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return Array.AsSpan(_written);
    }

    public ArraySegment<T> DangerousGetArray() => new(Array, 0, _written);

    public void Dispose()
    {
        if (_array is null)
            return;
        _pool.Return(_array);
        _array = null;
    }

    public override string ToString() => WrittenMemory is ReadOnlyMemory<byte> bytes
        ? System.Text.Encoding.UTF8.GetString(bytes.Span)
        : $"NatsBufferWriter<{typeof(T)}>[{_written}]";

    private void Reserve(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        if (FreeCapacity >= Math.Max(1, sizeHint))
            return;
        var larger = _pool.Rent(Math.Max(Array.Length * 2, _written + sizeHint));
        Array.AsSpan(0, _written).CopyTo(larger);
        _pool.Return(Array);
        _array = larger;
    }
}
