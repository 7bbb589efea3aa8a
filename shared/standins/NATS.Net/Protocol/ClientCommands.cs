using System.Runtime.CompilerServices;
using System.Text;

namespace NATS.Client.Core.Protocol;

/// <summary>Where a reply is to go: text, or the bytes of a request's own inbox.</summary>
internal readonly ref struct ReplySubject
{
    public readonly string? Text;
    public readonly ReadOnlySpan<byte> Bytes;

    public ReplySubject(string? text) => Text = text;

    public ReplySubject(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    public bool IsNone => Text is null && Bytes.IsEmpty;

    public int MaxLength => Text is null ? Bytes.Length : Text.Length * 3;
}

/// <summary>Writes the client's side of the protocol into spans that are long enough.</summary>
internal static class ClientCommands
{
    /// <summary>What a publish takes beside its subjects and its body: the word, spaces, two numbers, line ends.</summary>
    public const int PublishOverhead = 48;

    public static ReadOnlySpan<byte> Ping => "PING\r\n"u8;

    public static ReadOnlySpan<byte> Pong => "PONG\r\n"u8;

    /// <summary>Most bytes that a publish can take.</summary>
    public static long MaxPublishLength(string subject, ReplySubject reply, int headers, int payload) =>
        PublishOverhead + (subject.Length * 3L) + reply.MaxLength + headers + payload;

    /// <summary>PUB or HPUB, by whether there are headers.</summary>
    /// <exception cref="NatsException">A subject is empty or has white space, and is to be checked.</exception>
    public static int WritePublish(Span<byte> span, string subject, ReplySubject reply, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload, bool check)
    {
        var at = headers.IsEmpty ? Put(span, 0, "PUB "u8) : Put(span, 0, "HPUB "u8);
        at = PutSubject(span, at, subject, check);
        if (reply.Text is not null)
            at = PutSubject(span, at, reply.Text, check);
        else if (!reply.Bytes.IsEmpty)
        {
            at = Put(span, at, reply.Bytes);
            span[at++] = (byte)' ';
        }

        if (!headers.IsEmpty)
        {
            at = PutNumber(span, at, headers.Length);
            span[at++] = (byte)' ';
        }

        return PutBody(span, at, headers, payload);
    }

    /// <summary>PUB to the subject that was published to last, neither with headers nor with a reply subject.</summary>
    public static int WritePublish(Span<byte> span, LastSubject last, ReadOnlySpan<byte> payload) =>
        PutBody(span, last.Write(span), default, payload);

    public static byte[] Subscribe(string subject, string? queueGroup, int sid) =>
        Encoding.UTF8.GetBytes(queueGroup is null ? $"SUB {subject} {sid}\r\n" : $"SUB {subject} {queueGroup} {sid}\r\n");

    public static byte[] Unsubscribe(int sid, int? maxMsgs = null) =>
        Encoding.UTF8.GetBytes(maxMsgs is null ? $"UNSUB {sid}\r\n" : $"UNSUB {sid} {maxMsgs}\r\n");

    /// <summary>Refuses what would be read as protocol.</summary>
    public static void CheckSubject(string subject)
    {
        if (subject.Length == 0 || subject.AsSpan().ContainsAnyInRange('\0', ' '))
            throw new NatsException($"A subject must be neither empty nor contain white space: '{subject}'.");
    }

    /// <summary>
    /// Copies the publishes that begin at or after a place: what is left to send on a new connection. A command that the place
    /// cuts in two never reached the server whole, so it is copied too; subscriptions and pings are not, since each connection
    /// begins with its own.
    /// </summary>
    /// <param name="cut">Length of the publish that was cut in two, which then is the first one; 0 if there is none.</param>
    public static int CopyUnsentPublishes(ReadOnlySpan<byte> commands, int sent, Span<byte> kept, out int cut)
    {
        cut = 0;
        var copied = 0;
        while (!commands.IsEmpty)
        {
            var length = CommandLength(commands, out var isPublish);
            if (isPublish && length > sent)
            {
                if (sent > 0)
                    cut = length;
                commands[..length].CopyTo(kept[copied..]);
                copied += length;
            }

            commands = commands[length..];
            sent -= length;
        }

        return copied;
    }

    private static int CommandLength(ReadOnlySpan<byte> commands, out bool isPublish)
    {
        var line = commands.IndexOf("\r\n"u8);
        isPublish = commands[0] == 'H' || (commands[0] == 'P' && commands[1] == 'U');
        if (!isPublish)
            return line + 2;
        var body = 0;
        foreach (var digit in commands[(commands[..line].LastIndexOf((byte)' ') + 1)..line])
            body = (body * 10) + digit - '0';
        return line + 2 + body + 2;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PutBody(Span<byte> span, int at, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> payload)
    {
        at = PutNumber(span, at, headers.Length + payload.Length);
        at = PutLineEnd(span, at);
        if (!headers.IsEmpty)
            at = Put(span, at, headers);
        at = Put(span, at, payload);
        return PutLineEnd(span, at);
    }

    private static int PutSubject(Span<byte> span, int at, string subject, bool check)
    {
        var length = Encoding.UTF8.GetBytes(subject, span[at..]);
        if (check && (length == 0 || span.Slice(at, length).ContainsAnyInRange((byte)0, (byte)' ')))
            throw new NatsException($"A subject must be neither empty nor contain white space: '{subject}'.");
        at += length;
        span[at] = (byte)' ';
        return at + 1;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Put(Span<byte> span, int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(span[at..]);
        return at + text.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PutLineEnd(Span<byte> span, int at)
    {
        span[at + 1] = (byte)'\n';
        span[at] = (byte)'\r';
        return at + 2;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PutNumber(Span<byte> span, int at, int value)
    {
        var digits = value < 10 ? 1 : value < 100 ? 2 : value < 1_000 ? 3 : value < 10_000 ? 4 : CountDigits(value);
        for (var i = at + digits - 1; i >= at; i--)
        {
            var (quotient, digit) = Math.DivRem((uint)value, 10);
            span[i] = (byte)('0' + digit);
            value = (int)quotient;
        }

        return at + digits;
    }

    private static int CountDigits(int value)
    {
        var digits = 5;
        while ((value /= 10) >= 10_000)
            digits++;
        return digits;
    }
}
