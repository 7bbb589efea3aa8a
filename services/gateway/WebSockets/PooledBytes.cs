using System.Buffers;

namespace SignalStream.Gateway.WebSockets;

/// <summary>Bytes that grow, in memory of the pool; empty, it holds none.</summary>
internal sealed class PooledBytes
{
    private const int Least = 1024;

    private byte[] _buffer = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Span => _buffer.AsSpan(0, Length);

    public ReadOnlyMemory<byte> Memory => _buffer.AsMemory(0, Length);

    /// <summary>As a stream to read.</summary>
    public MemoryStream Read() => new(_buffer, 0, Length, writable: false);

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>What is free behind them, so many bytes or more; written there they do not count before <see cref="Advance"/>.</summary>
    public Span<byte> Room(int least)
    {
        if (_buffer.Length - Length < least)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Least, Math.Max(2 * Length, Length + least)));
            Span.CopyTo(larger);
            Return();
            _buffer = larger;
        }

        return _buffer.AsSpan(Length);
    }

    public void Advance(int count) => Length += count;

    public void Clear()
    {
        Return();
        Length = 0;
    }

    private void Return()
    {
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}
