using System.Buffers.Text;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace SignalStream.Benchmarks.Nats;

/// <summary>The ceiling: a socket, one buffer, every message encoded or parsed, and nothing else that a client must do.</summary>
internal static class BareLoop
{
    private const int BufferBytes = 256 * 1024;
    private static readonly byte[] Connect = Encoding.ASCII.GetBytes("CONNECT {\"verbose\":false,\"pedantic\":false}\r\nPING\r\n");

    /// <summary>Publishes so many messages and waits until the server has taken them.</summary>
    public static void Publish(Uri server, string subject, byte[] payload, long count)
    {
        using var socket = Open(server);
        var buffer = new byte[BufferBytes];
        var name = Encoding.ASCII.GetBytes(subject);
        var used = 0;
        for (long i = 0; i < count; i++)
        {
            if (used + name.Length + payload.Length + 32 > buffer.Length)
                used = Flush(socket, buffer, used);
            "PUB "u8.CopyTo(buffer.AsSpan(used));
            name.CopyTo(buffer.AsSpan(used + 4));
            used += 4 + name.Length;
            buffer[used++] = (byte)' ';
            Utf8Formatter.TryFormat(payload.Length, buffer.AsSpan(used), out var digits);
            used += digits;
            buffer[used++] = (byte)'\r';
            buffer[used++] = (byte)'\n';
            payload.CopyTo(buffer, used);
            used += payload.Length;
            buffer[used++] = (byte)'\r';
            buffer[used++] = (byte)'\n';
        }

        Flush(socket, buffer, used);
        socket.Send("PING\r\n"u8);
        WaitFor(socket, "PONG\r\n"u8);
    }

    /// <summary>Receives so many messages, parsing each.</summary>
    /// <param name="server">To connect to.</param>
    /// <param name="subject">To subscribe to.</param>
    /// <param name="count">Then it ends.</param>
    /// <param name="subscribed">Called once the server has the subscription.</param>
    /// <param name="progress">Called with how many there were, before each read of the socket.</param>
    /// <returns>Sum of payload bytes, so that nothing is optimised away.</returns>
    public static long Receive(Uri server, string subject, long count, Action subscribed, Action<long> progress)
    {
        using var socket = Open(server);
        socket.Send(Encoding.ASCII.GetBytes($"SUB {subject} 1\r\nPING\r\n"));
        WaitFor(socket, "PONG\r\n"u8);
        subscribed();
        var buffer = new byte[BufferBytes];
        var (filled, seen, bytes) = (0, 0L, 0L);
        while (seen < count)
        {
            progress(seen);
            var received = socket.Receive(buffer.AsSpan(filled));
            if (received == 0)
                throw new IOException("The server closed the connection.");
            filled += received;
            var parsed = Parse(socket, buffer.AsSpan(0, filled), subject.Length, ref seen, ref bytes);
            buffer.AsSpan(parsed, filled - parsed).CopyTo(buffer);
            filled -= parsed;
        }

        return bytes;
    }

    /// <summary>Commands one after the other; returns what was used of the bytes.</summary>
    private static int Parse(Socket socket, ReadOnlySpan<byte> bytes, int subjectLength, ref long seen, ref long total)
    {
        var at = 0;
        while (true)
        {
            var rest = bytes[at..];
            if (rest.StartsWith("PING\r\n"u8))
            {
                socket.Send("PONG\r\n"u8);
                at += 6;
                continue;
            }

            var used = ParseMessage(rest, out var message);
            if (used == 0)
                return at;
            if (message.Sid != 1 || message.Subject.Length != subjectLength)
                throw new InvalidDataException("A message for somebody else.");
            seen++;
            total += message.Payload.Length;
            at += used;
        }
    }

    /// <summary>MSG subject sid length CRLF payload CRLF, all of it read and checked; 0 where it is not complete.</summary>
    private static int ParseMessage(ReadOnlySpan<byte> bytes, out Message message)
    {
        message = default;
        var line = bytes.IndexOf((byte)'\n');
        if (line < 0)
            return 0;
        if (!bytes.StartsWith("MSG "u8) || bytes[line - 1] != '\r')
            throw new InvalidDataException("Neither a MSG nor a PING.");
        var head = bytes[4..(line - 1)];
        var subjectEnd = head.IndexOf((byte)' ');
        if (subjectEnd < 1 || !Utf8Parser.TryParse(head[(subjectEnd + 1)..], out int sid, out var digits))
            throw new InvalidDataException("A MSG without a subject or a number of its subscription.");
        var lengthAt = subjectEnd + 1 + digits + 1;
        if (!Utf8Parser.TryParse(head[lengthAt..], out int length, out digits) || lengthAt + digits != head.Length)
            throw new InvalidDataException("A MSG without a length.");
        var end = line + 1 + length;
        if (end + 2 > bytes.Length)
            return 0;
        if (bytes[end] != '\r' || bytes[end + 1] != '\n')
            throw new InvalidDataException("A MSG longer than it says.");
        message = new Message { Subject = head[..subjectEnd], Sid = sid, Payload = bytes.Slice(line + 1, length) };
        return end + 2;
    }

    private ref struct Message
    {
        public ReadOnlySpan<byte> Subject;
        public int Sid;
        public ReadOnlySpan<byte> Payload;
    }

    private static int Flush(Socket socket, byte[] buffer, int used)
    {
        for (var sent = 0; sent < used;)
            sent += socket.Send(buffer.AsSpan(sent, used - sent));
        return 0;
    }

    private static Socket Open(Uri server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(server.Host, server.Port);
        WaitFor(socket, "\r\n"u8);
        socket.Send(Connect);
        WaitFor(socket, "PONG\r\n"u8);
        return socket;
    }

    private static void WaitFor(Socket socket, ReadOnlySpan<byte> end)
    {
        var buffer = new byte[16 * 1024];
        var filled = 0;
        while (!buffer.AsSpan(0, filled).EndsWith(end))
        {
            var received = socket.Receive(buffer.AsSpan(filled));
            if (received == 0)
                throw new IOException(string.Create(CultureInfo.InvariantCulture, $"The server closed the connection after {filled} bytes."));
            filled += received;
        }
    }
}
