using System.Buffers.Text;
using System.Text;

namespace SignalStream.Benchmarks.Relay;

/// <summary>How a viewer of some server asks for streams, and how the frames lie in what it gets.</summary>
internal abstract class Dialect
{
    public abstract string Path(IReadOnlyList<string> streams);

    /// <summary>WebSocket messages that ask for the streams, text or binary.</summary>
    public abstract IEnumerable<(bool Text, byte[] Bytes)> Ask(IReadOnlyList<string> streams);

    /// <summary>Finds the frames in one message.</summary>
    public virtual void Read(bool text, ReadOnlySpan<byte> message, IFrameSink sink)
    {
        if (!text)
            sink.Frame(message);
    }

    public static Dialect Of(string server) => server switch
    {
        _ when server.StartsWith("signalstream", StringComparison.Ordinal) => new OwnDialect(server["signalstream".Length..]),
        "nats-server" => new NatsDialect(),
        "signalr" => new SignalRDialect(),
        _ => new BareDialect(),
    };

    /// <summary>The gateway's own protocol.</summary>
    private sealed class OwnDialect(string query) : Dialect
    {
        public override string Path(IReadOnlyList<string> streams) => "/ws" + query;

        public override IEnumerable<(bool, byte[])> Ask(IReadOnlyList<string> streams) =>
            [(true, Encoding.UTF8.GetBytes($$"""{"cmd":"subscribe","types":["wave"],"streams":["{{string.Join("\",\"", streams)}}"]}"""))];
    }

    /// <summary>Streams in the address, frames as they are: Node's ws and the plain Kestrel server.</summary>
    private sealed class BareDialect : Dialect
    {
        public override string Path(IReadOnlyList<string> streams) => "/?streams=" + string.Join(',', streams.Select(Load.SubjectOf));

        public override IEnumerable<(bool, byte[])> Ask(IReadOnlyList<string> streams) => [];
    }

    /// <summary>NATS in WebSocket messages, as nats-server speaks it; a message holds whole protocol lines here.</summary>
    private sealed class NatsDialect : Dialect
    {
        public override string Path(IReadOnlyList<string> streams) => "/";

        public override IEnumerable<(bool, byte[])> Ask(IReadOnlyList<string> streams) =>
            [(false, Encoding.ASCII.GetBytes("CONNECT {\"verbose\":false,\"pedantic\":false}\r\n" + string.Concat(streams.Select((s, i) => $"SUB {Load.SubjectOf(s)} {i + 1}\r\n"))))];

        public override void Read(bool text, ReadOnlySpan<byte> message, IFrameSink sink)
        {
            while (message.IndexOf((byte)'\n') is >= 0 and var end)
            {
                var line = message[..end].TrimEnd((byte)'\r');
                message = message[(end + 1)..];
                if (!line.StartsWith("MSG "u8))
                    continue;
                if (!Utf8Parser.TryParse(line[(line.LastIndexOf((byte)' ') + 1)..], out int length, out _) || message.Length < length)
                    return;
                sink.Frame(message[..length]);
                message = message[length..];
            }
        }
    }

    /// <summary>SignalR's JSON protocol, negotiation skipped: records behind each other, the frame in base64.</summary>
    private sealed class SignalRDialect : Dialect
    {
        private const char Separator = '\u001e';

        public override string Path(IReadOnlyList<string> streams) => "/hub";

        public override IEnumerable<(bool, byte[])> Ask(IReadOnlyList<string> streams)
        {
            yield return (true, Encoding.UTF8.GetBytes("{\"protocol\":\"json\",\"version\":1}" + Separator));
            foreach (var stream in streams)
                yield return (true, Encoding.UTF8.GetBytes($$"""{"type":1,"target":"Join","arguments":["{{Load.SubjectOf(stream)}}"]}""" + Separator));
        }

        public override void Read(bool text, ReadOnlySpan<byte> message, IFrameSink sink)
        {
            Span<byte> frame = stackalloc byte[4096];
            while (message.IndexOf("\"arguments\":[\""u8) is >= 0 and var at)
            {
                message = message[(at + 14)..];
                var end = message.IndexOf((byte)'"');
                if (end < 0)
                    return;
                if (Base64.DecodeFromUtf8(message[..end], frame, out _, out var length) == System.Buffers.OperationStatus.Done)
                    sink.Frame(frame[..length]);
                message = message[end..];
            }
        }
    }
}

/// <summary>Where frames of a viewer go.</summary>
internal interface IFrameSink
{
    void Frame(ReadOnlySpan<byte> frame);
}
