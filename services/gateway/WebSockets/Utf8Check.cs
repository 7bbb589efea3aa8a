using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace SignalStream.Gateway.WebSockets;

/// <summary>Text that comes in pieces: wrong at the first byte that makes it so, whatever follows.</summary>
internal static class Utf8Check
{
    /// <summary>Longest character, bytes.</summary>
    private const int Most = 4;

    /// <summary>Looks at what has come.</summary>
    /// <param name="text">From the start of a character on.</param>
    /// <param name="whole">Bytes of whole characters; the rest is the beginning of one.</param>
    /// <returns>False when no continuation would make it valid.</returns>
    public static bool TryTake(ReadOnlySpan<byte> text, out int whole)
    {
        whole = text.Length - Begun(text);
        return Utf8.IsValid(text[..whole])
            && (whole == text.Length || Rune.DecodeFromUtf8(text[whole..], out _, out _) != OperationStatus.InvalidData);
    }

    /// <summary>Bytes at the end that begin a character without ending it.</summary>
    private static int Begun(ReadOnlySpan<byte> text)
    {
        for (var back = 1; back < Most && back <= text.Length; back++)
        {
            var value = text[^back];
            if (value < 0x80)
                return 0;
            if (value >= 0xC0)
                return back < LengthOf(value) ? back : 0;
        }

        return 0;
    }

    private static int LengthOf(byte lead) => lead switch
    {
        >= 0xF0 => 4,
        >= 0xE0 => 3,
        _ => 2,
    };
}
