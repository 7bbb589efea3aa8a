using System.Buffers.Text;
using System.Text;

namespace NATS.Client.Core.Protocol;

/// <summary>
/// The headers of a message: <c>NATS/1.0[ code[ text]] CRLF (name: value CRLF)* CRLF</c>. A name may come again.
/// </summary>
internal static class HeaderBlock
{
    private static ReadOnlySpan<byte> Version => "NATS/1.0"u8;

    private static ReadOnlySpan<byte> LineEnd => "\r\n"u8;

    public static int Measure(NatsHeaders headers, Encoding encoding)
    {
        var length = Version.Length + 4;
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
                length += encoding.GetByteCount(name) + 2 + encoding.GetByteCount(value ?? "") + 2;
        }

        return length;
    }

    /// <summary>Writes the block into a span of the measured length.</summary>
    /// <exception cref="NatsException">A name or a value would break out of its line.</exception>
    public static int Write(NatsHeaders headers, Encoding encoding, Span<byte> block)
    {
        var at = Put(Version, block, 0);
        at = Put(LineEnd, block, at);
        foreach (var (name, values) in headers)
        {
            if (name.Length == 0 || name.AsSpan().ContainsAny(":\r\n"))
                throw new NatsException($"A header's name must be neither empty nor contain a colon or a line break: '{name}'.");
            foreach (var value in values)
            {
                if (value.AsSpan().ContainsAny("\r\n"))
                    throw new NatsException($"The value of header '{name}' contains a line break.");
                at += encoding.GetBytes(name, block[at..]);
                at = Put(": "u8, block, at);
                at += encoding.GetBytes(value ?? "", block[at..]);
                at = Put(LineEnd, block, at);
            }
        }

        return Put(LineEnd, block, at);
    }

    public static NatsHeaders Parse(ReadOnlySpan<byte> block, Encoding encoding)
    {
        var headers = new NatsHeaders();
        var line = NextLine(ref block);
        if (!line.StartsWith(Version))
            throw new NatsException("The headers do not begin with NATS/1.0.");
        ParseStatus(line[Version.Length..].Trim((byte)' '), headers, encoding);

        while (!block.IsEmpty)
        {
            line = NextLine(ref block);
            if (line.IsEmpty)
                break;
            var colon = line.IndexOf((byte)':');
            if (colon <= 0)
                throw new NatsException("A line of the headers has no name.");
            headers.Append(encoding.GetString(line[..colon]), encoding.GetString(line[(colon + 1)..].Trim((byte)' ')));
        }

        return headers;
    }

    /// <summary>The status code alone, without making headers; 0 where there is none.</summary>
    public static int StatusCode(ReadOnlySpan<byte> block) =>
        block.Length > Version.Length + 1 && block[Version.Length] == ' '
        && Utf8Parser.TryParse(block[(Version.Length + 1)..], out int code, out _) ? code : 0;

    private static void ParseStatus(ReadOnlySpan<byte> status, NatsHeaders headers, Encoding encoding)
    {
        if (status.IsEmpty)
            return;
        if (!Utf8Parser.TryParse(status, out int code, out var digits))
            throw new NatsException("The headers' status is no number.");
        headers.Code = code;
        headers.MessageText = encoding.GetString(status[digits..].Trim((byte)' '));
    }

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> block)
    {
        var end = block.IndexOf(LineEnd);
        if (end < 0)
            throw new NatsException("A line of the headers does not end with CRLF.");
        var line = block[..end];
        block = block[(end + 2)..];
        return line;
    }

    private static int Put(ReadOnlySpan<byte> text, Span<byte> block, int at)
    {
        text.CopyTo(block[at..]);
        return at + text.Length;
    }
}
