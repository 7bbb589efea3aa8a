using System.Globalization;

namespace NATS.Client.JetStream;

/// <summary>The reply subject of a delivered message, which carries all that the server tells of it.</summary>
/// <remarks>
/// <code>
/// $JS.ACK.STREAM.CONSUMER.DELIVERED.STREAM_SEQ.CONSUMER_SEQ.TIME_NS.PENDING
/// $JS.ACK.DOMAIN.ACCOUNT.STREAM.CONSUMER.DELIVERED.STREAM_SEQ.CONSUMER_SEQ.TIME_NS.PENDING[.RANDOM]
/// </code>
/// Read in place: an ordered consumer looks at two numbers of every message.
/// </remarks>
internal readonly ref struct AckSubject
{
    private const string Prefix = "$JS.ACK.";
    private const int ShortDots = 8;
    private const int LongDots = 10;

    private AckSubject(ReadOnlySpan<char> domain, ReadOnlySpan<char> rest)
    {
        Domain = domain is "_" ? [] : domain;
        Stream = Next(ref rest);
        Consumer = Next(ref rest);
        NumDelivered = Number(Next(ref rest));
        StreamSequence = Number(Next(ref rest));
        ConsumerSequence = Number(Next(ref rest));
        TimeNs = (long)Number(Next(ref rest));
        NumPending = Number(Next(ref rest));
    }

    public ReadOnlySpan<char> Domain { get; }

    public ReadOnlySpan<char> Stream { get; }

    public ReadOnlySpan<char> Consumer { get; }

    public ulong NumDelivered { get; }

    public ulong StreamSequence { get; }

    public ulong ConsumerSequence { get; }

    public long TimeNs { get; }

    public ulong NumPending { get; }

    /// <returns>False if it is no such subject. A number that is none reads as 0, which no sequence is.</returns>
    public static bool TryParse(ReadOnlySpan<char> subject, out AckSubject ack)
    {
        ack = default;
        if (!subject.StartsWith(Prefix, StringComparison.Ordinal))
            return false;
        var dots = subject.Count('.');
        if (dots != ShortDots && dots < LongDots)
            return false;

        var rest = subject[Prefix.Length..];
        ReadOnlySpan<char> domain = [];
        if (dots != ShortDots)
        {
            domain = Next(ref rest);
            Next(ref rest);
        }

        ack = new AckSubject(domain, rest);
        return ack is { StreamSequence: > 0, ConsumerSequence: > 0 };
    }

    /// <param name="stream">Reused instead of a new string where it is the same.</param>
    /// <param name="consumer">Likewise.</param>
    public NatsJSMsgMetadata ToMetadata(string stream, string consumer) => new(
        new NatsJSSequencePair(StreamSequence, ConsumerSequence),
        NumDelivered,
        NumPending,
        DateTimeOffset.UnixEpoch.AddTicks(TimeNs / TimeSpan.NanosecondsPerTick),
        Stream.SequenceEqual(stream) ? stream : Stream.ToString(),
        Consumer.SequenceEqual(consumer) ? consumer : Consumer.ToString(),
        Domain.Length == 0 ? string.Empty : Domain.ToString());

    private static ReadOnlySpan<char> Next(scoped ref ReadOnlySpan<char> rest)
    {
        var dot = rest.IndexOf('.');
        var token = dot < 0 ? rest : rest[..dot];
        rest = dot < 0 ? [] : rest[(dot + 1)..];
        return token;
    }

    private static ulong Number(ReadOnlySpan<char> digits) =>
        ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
