using System.Net.Sockets;
using SignalStream.TestKit.Lines;

namespace SignalStream.Eval.Probes;

/// <summary>What the line saw of one probe, ms: from the packet that left this end to the one that was handed back to it.</summary>
internal static class Truth
{
    private const int Syn = 2;
    private const int Ack = 16;
    private const double SameAnswerMs = 15;

    /// <summary>One packet there, one back.</summary>
    public static double Echo(IReadOnlyList<Passage> passages) =>
        Ms(passages.First(p => p.ToFar).TakenAt, passages.First(p => !p.ToFar).GivenAt);

    /// <summary>SYN to SYN-ACK.</summary>
    public static double Connect(IReadOnlyList<Passage> passages) => Ms(Opened(passages), Accepted(passages));

    /// <summary>From the connection to the last of this end's part of the handshake: its second message.</summary>
    public static double Tls(IReadOnlyList<Passage> passages) => Ms(Accepted(passages), Said(passages, 1).TakenAt);

    /// <summary>From the first of HTTP that is said, after the two messages of TLS, to the answer's first packet.</summary>
    public static double FirstByte(IReadOnlyList<Passage> passages, bool isSecure, long answeredAt) =>
        Ms(Said(passages, isSecure ? 2 : 0).TakenAt, Answer(passages, answeredAt).First().GivenAt);

    /// <summary>From the SYN to the answer's last packet.</summary>
    public static double Total(IReadOnlyList<Passage> passages, long answeredAt) =>
        Ms(Opened(passages), Answer(passages, answeredAt).Last().GivenAt);

    private static long Opened(IReadOnlyList<Passage> passages) => passages.First(p => p.ToFar && (p.TcpFlags & Syn) != 0).TakenAt;

    private static long Accepted(IReadOnlyList<Passage> passages) =>
        passages.First(p => !p.ToFar && (p.TcpFlags & (Syn | Ack)) == (Syn | Ack)).GivenAt;

    /// <summary>Packets of the connection made last: the one before may still be saying farewell.</summary>
    private static IEnumerable<Passage> Connection(IReadOnlyList<Passage> passages)
    {
        var port = passages.First(p => p.ToFar && (p.TcpFlags & Syn) != 0).NearPort;
        return passages.Where(p => p.Protocol == ProtocolType.Tcp && p.NearPort == port);
    }

    private static Passage Said(IReadOnlyList<Passage> passages, int number) =>
        Connection(passages).Where(p => p is { ToFar: true, PayloadBytes: > 0 }).ElementAt(number);

    private static IEnumerable<Passage> Answer(IReadOnlyList<Passage> passages, long answeredAt) =>
        Connection(passages).Where(p => p is { ToFar: false, PayloadBytes: > 0 } && p.TakenAt >= answeredAt && Ms(answeredAt, p.TakenAt) < SameAnswerMs);

    private static double Ms(long from, long to) => TimeProvider.System.GetElapsedTime(from, to).TotalMilliseconds;
}
