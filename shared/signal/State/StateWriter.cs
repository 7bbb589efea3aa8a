using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SignalStream.Signal.State;

/// <summary>Writes plain values one after the other; without a destination it counts their bytes.</summary>
internal ref struct StateWriter
{
    private readonly Span<byte> _destination;
    private readonly bool _counting;

    public StateWriter(Span<byte> destination, int size)
    {
        if (destination.Length < size)
            throw new ArgumentException($"State needs {size} bytes, the destination has {destination.Length}.", nameof(destination));
        _destination = destination;
    }

    private StateWriter(bool counting) => _counting = counting;

    public static StateWriter Counter => new(counting: true);

    public int Length { get; private set; }

    public void Write<T>(T value)
        where T : unmanaged => WriteAll(new ReadOnlySpan<T>(in value));

    public void WriteAll<T>(scoped ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        if (!_counting) bytes.CopyTo(_destination[Length..]);
        Length += bytes.Length;
    }
}

/// <summary>Reads what <see cref="StateWriter"/> wrote, in the same order.</summary>
/// <remarks>Little-endian machines only, like the frame on the wire: <see cref="BitConverter.IsLittleEndian"/>.</remarks>
internal ref struct StateReader
{
    private ReadOnlySpan<byte> _source;

    public StateReader(ReadOnlySpan<byte> source, int size)
    {
        if (source.Length < size)
            throw new ArgumentException($"State needs {size} bytes, the source has {source.Length}.", nameof(source));
        _source = source;
    }

    public T Read<T>()
        where T : unmanaged
    {
        Unsafe.SkipInit(out T value);
        ReadAll(new Span<T>(ref value));
        return value;
    }

    public void ReadAll<T>(scoped Span<T> values)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        _source[..bytes.Length].CopyTo(bytes);
        _source = _source[bytes.Length..];
    }

    /// <summary>Refuses a state of another version or other settings, which would be read as nonsense.</summary>
    public void Expect<T>(T expected, string what)
        where T : unmanaged, IEquatable<T>
    {
        var found = Read<T>();
        if (!found.Equals(expected))
            throw new ArgumentException($"The state has {what} {found}, this instance {expected}.");
    }
}
