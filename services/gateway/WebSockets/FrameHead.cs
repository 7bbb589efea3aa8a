using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace SignalStream.Gateway.WebSockets;

/// <summary>The head of a frame as a client sends it, taken byte by byte if need be (RFC 6455, section 5.2).</summary>
/// <remarks><code>
/// byte 0   FIN, RSV1 to RSV3, opcode
/// byte 1   mask, length: below 126, or 126 for two bytes more, or 127 for eight
/// then     those bytes, then the four of the mask
/// </code></remarks>
internal struct FrameHead
{
    private const int Most = 14;

    private Bytes _bytes;
    private int _count;

    [InlineArray(Most)]
    private struct Bytes
    {
        private byte _first;
    }

    public readonly bool IsLast => (_bytes[0] & 0x80) != 0;

    public readonly bool IsCompressed => (_bytes[0] & 0x40) != 0;

    public readonly int Opcode => _bytes[0] & 0x0F;

    public readonly bool IsControl => Opcode >= Opcodes.Close;

    /// <summary>Of the payload; where there is none so long, it is below zero.</summary>
    public readonly long Length => (_bytes[1] & 0x7F) switch
    {
        126 => BinaryPrimitives.ReadUInt16BigEndian(_bytes[2..]),
        127 => BinaryPrimitives.ReadInt64BigEndian(_bytes[2..]),
        var few => few,
    };

    private readonly int Size => (_bytes[1] & 0x7F) switch
    {
        126 => 8,
        127 => Most,
        _ => 6,
    };

    /// <summary>Takes what belongs to the head from the front; whether it is whole.</summary>
    public bool TryTake(ref Memory<byte> bytes)
    {
        while (!bytes.IsEmpty && (_count < 2 || _count < Size))
        {
            _bytes[_count++] = bytes.Span[0];
            bytes = bytes[1..];
        }

        return _count >= 2 && _count == Size;
    }

    /// <summary>Whether a rule is broken, as far as the head has come.</summary>
    /// <param name="isWithin">Whether the message before it lacks its end.</param>
    /// <param name="mayCompress">Whether it was agreed on.</param>
    public readonly bool IsWrong(bool isWithin, bool mayCompress)
    {
        if (_count == 0)
            return false;
        var isKnown = Opcode is Opcodes.Rest or Opcodes.Text or Opcodes.Binary or Opcodes.Close or Opcodes.Ping or Opcodes.Pong;
        var begins = Opcode is Opcodes.Text or Opcodes.Binary;
        if (!isKnown || (_bytes[0] & 0x30) != 0 || (IsCompressed && !(mayCompress && begins)))
            return true;
        if (IsControl ? !IsLast : begins == isWithin)
            return true;
        if (_count < 2)
            return false;
        var isMasked = (_bytes[1] & 0x80) != 0;
        return !isMasked || (IsControl && (_bytes[1] & 0x7F) > 125) || (_count == Size && Length < 0);
    }

    /// <summary>Takes the mask off; <paramref name="at"/> is the place of the first byte in the payload.</summary>
    public readonly void Unmask(Span<byte> payload, long at)
    {
        for (var i = 0; i < payload.Length; i++)
            payload[i] ^= _bytes[Size - 4 + (int)((at + i) & 3)];
    }

    public void Clear() => _count = 0;
}

internal static class Opcodes
{
    public const int Rest = 0;
    public const int Text = 1;
    public const int Binary = 2;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;
}
