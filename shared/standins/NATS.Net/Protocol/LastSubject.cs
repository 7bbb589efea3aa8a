using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace NATS.Client.Core.Protocol;

/// <summary>
/// How a publish to the subject of the last one begins: a program that publishes fast mostly goes on with the same string,
/// and need neither check nor encode it again.
/// </summary>
internal sealed class LastSubject
{
    /// <summary>Copied as a whole, whatever of it counts.</summary>
    public const int Width = 64;

    private readonly byte[] _beginning = new byte[Width];
    private string? _subject;
    private int _length;

    /// <summary>Whether it is this very string, and the room is enough to copy the whole width.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Is(string subject, int room) => ReferenceEquals(subject, _subject) && room >= Width;

    /// <summary>Takes <c>PUB subject </c> from a command that was written, and checked.</summary>
    public void Remember(string subject, ReadOnlySpan<byte> command)
    {
        var length = command[4..].IndexOf((byte)' ') + 5;
        if (length > Width)
            return;
        command[..length].CopyTo(_beginning);
        (_subject, _length) = (subject, length);
    }

    /// <returns>Bytes that count.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Write(Span<byte> span)
    {
        ref var from = ref MemoryMarshal.GetArrayDataReference(_beginning);
        ref var to = ref MemoryMarshal.GetReference(span);
        Vector256.LoadUnsafe(ref from).StoreUnsafe(ref to);
        Vector256.LoadUnsafe(ref from, 32).StoreUnsafe(ref to, 32);
        return _length;
    }
}
