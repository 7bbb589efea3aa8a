using NATS.Client.JetStream;

namespace SignalStream.UnitTests.JetStream;

public sealed class AckSubjectTests
{
    private const long TimeNs = 1_767_225_600_123_456_700;

    [Theory]
    [InlineData("$JS.ACK.WAVES.reader.2.17.5.1767225600123456700.9", "")]
    [InlineData("$JS.ACK._.ACCHASH.WAVES.reader.2.17.5.1767225600123456700.9", "")]
    [InlineData("$JS.ACK.hub.ACCHASH.WAVES.reader.2.17.5.1767225600123456700.9", "hub")]
    [InlineData("$JS.ACK.hub.ACCHASH.WAVES.reader.2.17.5.1767225600123456700.9.rAnDoM", "hub")]
    [InlineData("$JS.ACK.hub.ACCHASH.WAVES.reader.2.17.5.1767225600123456700.9.some.day.more", "hub")]
    public void TryParse_EitherForm_ReadsEveryPart(string subject, string domain)
    {
        Assert.True(AckSubject.TryParse(subject, out var ack));

        var metadata = ack.ToMetadata("WAVES", "other");

        var expected = new NatsJSMsgMetadata(new NatsJSSequencePair(17, 5), 2, 9, DateTimeOffset.UnixEpoch.AddTicks(TimeNs / 100), "WAVES", "reader", domain);
        Assert.Equal(expected, metadata);
    }

    [Theory]
    [InlineData("")]
    [InlineData("_INBOX.abc.1")]
    [InlineData("$JS.ACK.")]
    [InlineData("$JS.ACK.WAVES.reader.2.17.5.1767225600123456700")]
    [InlineData("$JS.ACK.WAVES.reader.2.17.5.1767225600123456700.9.1")]
    [InlineData("$JS.ACK.WAVES.reader.2.x.5.1767225600123456700.9")]
    [InlineData("$JS.ACK.WAVES.reader.2.-17.5.1767225600123456700.9")]
    [InlineData("$JS.ACK.WAVES.reader.2.17.99999999999999999999999.1767225600123456700.9")]
    public void TryParse_SomethingElse_IsFalse(string subject) => Assert.False(AckSubject.TryParse(subject, out _));

    [Fact]
    public void ToMetadata_KnownNames_MakesNoStrings()
    {
        var (stream, consumer) = (new string("WAVES"), new string("reader"));
        Assert.True(AckSubject.TryParse("$JS.ACK.WAVES.reader.2.17.5.1767225600123456700.9", out var ack));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var metadata = ack.ToMetadata(stream, consumer);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Same(stream, metadata.Stream);
        Assert.Same(consumer, metadata.Consumer);
        Assert.Equal(0, allocated);
    }
}
