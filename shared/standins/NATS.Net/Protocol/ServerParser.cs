using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace NATS.Client.Core.Protocol;

/// <summary>
/// Reads the server's side of the protocol in place. It keeps no state: a command that is not complete yet is read again
/// from its start when more has come, and a long body is not looked at before all of it is there.
/// </summary>
/// <remarks>
/// MSG subject sid [reply] #bytes CRLF body CRLF · HMSG subject sid [reply] #headers #bytes CRLF body CRLF ·
/// INFO json CRLF · PING CRLF · PONG CRLF · +OK CRLF · -ERR 'text' CRLF
/// </remarks>
internal static class ServerParser
{
    /// <summary>Longest line, bytes, as the server has it for its clients.</summary>
    public const int MaxControlLine = 4096;

    /// <summary>Longest INFO, bytes: a big cluster lists all its addresses there.</summary>
    public const int MaxInfoLine = 64 * 1024;

    /// <summary>What the fast way through a message's line looks at.</summary>
    private const int Window = 64;

    private const uint MsgStart = 0x2047534D; // "MSG "
    private const uint HMsgStart = 0x47534D48; // "HMSG"

    /// <summary>Reads the command at the start of the bytes.</summary>
    /// <returns>
    /// The command's length; or, where it is not complete, minus the bytes that it takes in all, 0 if that cannot be told yet.
    /// </returns>
    /// <exception cref="ProtocolViolationException">The bytes cannot become a command.</exception>
    public static int Parse(ReadOnlySpan<byte> bytes, int maxPayload, out ServerCommand command)
    {
        command = default;
        if (bytes.Length >= Window && Vector256.IsHardwareAccelerated)
        {
            var read = ParseMessageFast(bytes, maxPayload, ref command);
            if (read != 0)
                return read;
        }

        return ParseLine(bytes, maxPayload, ref command);
    }

    /// <summary>A message whose line lies within the window, all spaces single; 0 sends everything else the careful way.</summary>
    private static int ParseMessageFast(ReadOnlySpan<byte> bytes, int maxPayload, ref ServerCommand command)
    {
        ref var first = ref MemoryMarshal.GetReference(bytes);
        var start = Unsafe.ReadUnaligned<uint>(ref first);
        var headers = start == HMsgStart;
        if (start != MsgStart && !headers)
            return 0;

        var separators = Separators(ref first) & ~(headers ? 0xFUL : 0x7UL);
        var at = NextSeparator(ref separators);
        if (at != (headers ? 4 : 3))
            return 0;

        command.Op = headers ? ServerOp.HMsg : ServerOp.Msg;
        command.SubjectStart = at + 1;
        var end = NextSeparator(ref separators);
        if (end >= Window || Unsafe.Add(ref first, end) != ' ')
            return 0;
        command.SubjectLength = end - command.SubjectStart;

        var sidStart = end + 1;
        end = NextSeparator(ref separators);
        if (end >= Window || Unsafe.Add(ref first, end) != ' ')
            return 0;
        command.Sid = Number(ref first, sidStart, end);

        // One number more (two with headers) ends the line; another token before it is the reply subject.
        var tokenStart = end + 1;
        end = NextSeparator(ref separators);
        if (end >= Window)
            return 0;
        var next = end;
        if (headers || Unsafe.Add(ref first, end) == ' ')
        {
            next = NextSeparator(ref separators);
            if (next >= Window || Unsafe.Add(ref first, end) != ' ')
                return 0;
            if (!headers || Unsafe.Add(ref first, next) == ' ')
            {
                command.ReplyStart = tokenStart;
                command.ReplyLength = end - tokenStart;
                tokenStart = end + 1;
                end = next;
            }
        }

        if (headers)
        {
            command.HeaderLength = Number(ref first, tokenStart, end);
            tokenStart = end + 1;
            end = next == end ? NextSeparator(ref separators) : next;
            if (end >= Window)
                return 0;
        }

        if (end >= Window - 1 || Unsafe.Add(ref first, end) != '\r' || Unsafe.Add(ref first, end + 1) != '\n')
            return 0;
        command.BodyLength = Number(ref first, tokenStart, end);
        command.BodyStart = end + 2;
        var wellFormed = command.SubjectLength > 0 && command.Sid >= 0 && command.BodyLength >= 0 && command.HeaderLength >= 0
            && (command.ReplyStart == 0 || command.ReplyLength > 0);
        return wellFormed ? Body(bytes, maxPayload, command) : 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Separators(ref byte first)
    {
        var space = Vector256.Create((byte)' ');
        ulong low = Vector256.LessThanOrEqual(Vector256.LoadUnsafe(ref first), space).ExtractMostSignificantBits();
        ulong high = Vector256.LessThanOrEqual(Vector256.LoadUnsafe(ref first, 32), space).ExtractMostSignificantBits();
        return low | (high << 32);
    }

    /// <summary>The place of the next separator, which it takes away; 64 where there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int NextSeparator(ref ulong separators)
    {
        var at = System.Numerics.BitOperations.TrailingZeroCount(separators);
        separators &= separators - 1;
        return at;
    }

    /// <summary>A number of at most nine digits, −1 if it is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Number(ref byte first, int start, int end)
    {
        if ((uint)(end - start - 1) > 8)
            return -1;
        var value = 0;
        for (var i = start; i < end; i++)
        {
            var digit = (uint)Unsafe.Add(ref first, i) - '0';
            if (digit > 9)
                return -1;
            value = (value * 10) + (int)digit;
        }

        return value;
    }

    /// <summary>Checks that the body is allowed, there, and ends as it must.</summary>
    private static int Body(ReadOnlySpan<byte> bytes, int maxPayload, in ServerCommand command)
    {
        if (command.BodyLength > maxPayload)
            throw new ProtocolViolationException($"A message of {command.BodyLength} bytes is longer than the {maxPayload} that are allowed.");
        if (command.HeaderLength > command.BodyLength)
            throw new ProtocolViolationException($"Headers of {command.HeaderLength} bytes in a message of {command.BodyLength}.");
        var end = command.BodyStart + command.BodyLength;
        if (bytes.Length < end + 2)
            return -(end + 2);
        if (bytes[end] != '\r' || bytes[end + 1] != '\n')
            throw new ProtocolViolationException($"A message of {command.BodyLength} bytes does not end with CRLF.");
        return end + 2;
    }

    private static int ParseLine(ReadOnlySpan<byte> bytes, int maxPayload, ref ServerCommand command)
    {
        command = default;
        if (bytes.IsEmpty)
            return 0;
        var limit = (bytes[0] | 0x20) == 'i' ? MaxInfoLine : MaxControlLine;
        var end = bytes[..Math.Min(bytes.Length, limit + 2)].IndexOf((byte)'\n');
        if (end < 0)
        {
            if (bytes.Length > limit + 1)
                throw new ProtocolViolationException($"A line is longer than {limit} bytes: {Excerpt(bytes)}");
            RefuseEarly(bytes);
            return 0;
        }

        if (end == 0 || bytes[end - 1] != '\r')
            throw new ProtocolViolationException($"A line does not end with CRLF: {Excerpt(bytes)}");
        var line = bytes[..(end - 1)];
        var wordEnd = line.IndexOfAny((byte)' ', (byte)'\t');
        var word = wordEnd < 0 ? line : line[..wordEnd];
        var textStart = wordEnd < 0 ? line.Length : wordEnd + 1;

        if (Is(word, "MSG"u8) || Is(word, "HMSG"u8))
        {
            command.Op = word.Length == 4 ? ServerOp.HMsg : ServerOp.Msg;
            ParseMessageLine(line, textStart, ref command);
            command.BodyStart = end + 1;
            return Body(bytes, maxPayload, command);
        }

        command.Op = Is(word, "PING"u8) ? ServerOp.Ping
            : Is(word, "PONG"u8) ? ServerOp.Pong
            : Is(word, "INFO"u8) ? ServerOp.Info
            : Is(word, "+OK"u8) ? ServerOp.Ok
            : Is(word, "-ERR"u8) ? ServerOp.Err
            : throw new ProtocolViolationException($"Unknown command: {Excerpt(bytes)}");
        command.BodyStart = textStart;
        command.BodyLength = line.Length - textStart;
        return end + 1;
    }

    private static void ParseMessageLine(ReadOnlySpan<byte> line, int at, ref ServerCommand command)
    {
        Span<Range> tokens = stackalloc Range[6];
        var count = line[at..].SplitAny(tokens, " \t"u8, removeEmpty: true);
        var numbers = command.Op == ServerOp.HMsg ? 2 : 1;
        var hasReply = count == 3 + numbers;
        if (count != 2 + numbers && !hasReply)
            throw new ProtocolViolationException($"A message's line has {count} tokens: {Excerpt(line)}");

        (var start, command.SubjectLength) = tokens[0].GetOffsetAndLength(line.Length - at);
        command.SubjectStart = at + start;
        command.Sid = Number(line[at..][tokens[1]], line);
        if (hasReply)
        {
            (start, command.ReplyLength) = tokens[2].GetOffsetAndLength(line.Length - at);
            command.ReplyStart = at + start;
        }

        if (numbers == 2)
            command.HeaderLength = Number(line[at..][tokens[count - 2]], line);
        command.BodyLength = Number(line[at..][tokens[count - 1]], line);
    }

    private static int Number(ReadOnlySpan<byte> digits, ReadOnlySpan<byte> line)
    {
        var value = Number(ref MemoryMarshal.GetReference(digits), 0, digits.Length);
        return value >= 0 ? value : throw new ProtocolViolationException($"Not a number of at most nine digits: {Excerpt(line)}");
    }

    /// <summary>Says at the first bytes that nothing good will come, rather than after a whole line of it.</summary>
    private static void RefuseEarly(ReadOnlySpan<byte> bytes)
    {
        if ("+-HIMP"u8.Contains((byte)(bytes[0] >= 'a' ? bytes[0] - 0x20 : bytes[0])))
            return;
        throw new ProtocolViolationException($"Unknown command: {Excerpt(bytes)}");
    }

    private static bool Is(ReadOnlySpan<byte> word, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(word, name);

    private static string Excerpt(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.Latin1.GetString(bytes[..Math.Min(bytes.Length, 40)]);
        return string.Concat("'", string.Concat(text.Select(c => c is < ' ' or > '~' ? '.' : c)), "'");
    }
}
