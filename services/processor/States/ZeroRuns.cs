using System.Buffers;
using System.Buffers.Binary;

namespace SignalStream.Processor.States;

/// <summary>States without their zeros: rings and lists are seldom full, and a checkpoint holds thousands of states.</summary>
/// <remarks>Length (i32), then again and again: how many zero bytes (u16), how many others (u16), those others.</remarks>
internal static class ZeroRuns
{
    // Two counts cost as much.
    private const int Shortest = 2 * sizeof(ushort);

    /// <param name="state">Any bytes.</param>
    /// <param name="before">Goes before what is packed, as it is.</param>
    public static byte[] Pack(ReadOnlySpan<byte> state, params ReadOnlySpan<byte> before)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(sizeof(int) + state.Length + (Shortest * ((state.Length / ushort.MaxValue) + 2)));
        try
        {
            return [.. before, .. buffer.AsSpan(0, PackInto(buffer, state))];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static int PackInto(byte[] packed, ReadOnlySpan<byte> state)
    {
        BinaryPrimitives.WriteInt32LittleEndian(packed, state.Length);
        var at = sizeof(int);
        while (state.Length > 0)
        {
            var zeros = Math.Min(state.IndexOfAnyExcept((byte)0) is var first and >= 0 ? first : state.Length, ushort.MaxValue);
            var others = Others(state[zeros..]);
            BinaryPrimitives.WriteUInt16LittleEndian(packed.AsSpan(at), (ushort)zeros);
            BinaryPrimitives.WriteUInt16LittleEndian(packed.AsSpan(at + sizeof(ushort)), (ushort)others);
            state.Slice(zeros, others).CopyTo(packed.AsSpan(at += Shortest));
            at += others;
            state = state[(zeros + others)..];
        }

        return at;
    }

    /// <exception cref="ArgumentException">It is nothing that <see cref="Pack"/> gave.</exception>
    public static byte[] Unpack(ReadOnlySpan<byte> packed)
    {
        if (packed.Length < sizeof(int) || BinaryPrimitives.ReadInt32LittleEndian(packed) is not (>= 0 and < 1 << 24 and var length))
            throw new ArgumentException($"{packed.Length} bytes that are no packed state.", nameof(packed));
        var state = new byte[length];
        var at = 0;
        for (packed = packed[sizeof(int)..]; packed.Length >= Shortest;)
        {
            at += BinaryPrimitives.ReadUInt16LittleEndian(packed);
            var others = BinaryPrimitives.ReadUInt16LittleEndian(packed[sizeof(ushort)..]);
            if (at + others > length || Shortest + others > packed.Length)
                throw new ArgumentException($"A packed state of {length} bytes goes beyond them at {at}.", nameof(packed));
            packed.Slice(Shortest, others).CopyTo(state.AsSpan(at));
            at += others;
            packed = packed[(Shortest + others)..];
        }

        return packed.Length == 0 && at == length ? state : throw new ArgumentException($"A packed state of {length} bytes ends at {at}.", nameof(packed));
    }

    /// <summary>Bytes up to a run of zeros that is worth its counts.</summary>
    private static int Others(ReadOnlySpan<byte> state)
    {
        ReadOnlySpan<byte> run = [0, 0, 0, 0, 0, 0, 0, 0];
        var most = Math.Min(state.Length, ushort.MaxValue);
        var found = state[..most].IndexOf(run);
        return found < 0 ? most : found;
    }
}
