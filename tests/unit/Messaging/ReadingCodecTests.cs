using Google.Protobuf;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.UnitTests.Messaging;

public sealed class ReadingCodecTests
{
    private static readonly ProbeReading Answered = new(7, 12, 1_780_000_000_000_000_001, ProbeKind.Http, ProbeOutcome.Answered, 12.5)
    {
        Target = "https://example.org/",
        Region = "eu-west",
        Address = "192.0.2.1",
        IntervalMs = 500,
        TimeoutMs = 1000,
        Phases = new ProbePhases(1, 2, 3, 4, 12.5, 200, "2.0"),
    };

    public static TheoryData<ProbeReading> Readings =>
    [
        Answered,
        new ProbeReading(7, 13, 1, ProbeKind.Icmp, ProbeOutcome.TimedOut, 0) { Error = "no answer within 1000 ms" },
        new ProbeReading(7, 14, 1, ProbeKind.Simulated, ProbeOutcome.Answered, 20) { IsSimulated = true },
    ];

    [Theory]
    [MemberData(nameof(Readings))]
    public void TryDecode_EncodedReading_IsTheSame(ProbeReading made)
    {
        Assert.True(ReadingCodec.TryDecode(ReadingCodec.Encode(made), out var read, out _));
        Assert.Equal(made, read);
    }

    [Fact]
    public void TryDecode_BrokenRules_AreNamed()
    {
        Assert.Contains("3 bytes", Error([0xFF, 0xFF, 0xFF]), StringComparison.Ordinal);
        Assert.Contains("sent_ns 0", Error([]), StringComparison.Ordinal);
        Assert.Contains("outcome 0", Error(new V1.ProbeReading { SentNs = 1 }), StringComparison.Ordinal);
        Assert.Contains("outcome 77", Error(new V1.ProbeReading { SentNs = 1, Outcome = (V1.ProbeOutcome)77 }), StringComparison.Ordinal);
        Assert.Contains("rtt_ms NaN", Error(Message(double.NaN)), StringComparison.Ordinal);
        Assert.Contains("rtt_ms -1", Error(Message(-1)), StringComparison.Ordinal);
        Assert.Contains("index 18446744073709551615", Error(new V1.ProbeReading { SentNs = 1, Index = ulong.MaxValue }), StringComparison.Ordinal);
    }

    [Fact]
    public void TryDecode_AnyBytes_IsAReadingOrAReason()
    {
        var random = new Random(12);
        var good = ReadingCodec.Encode(Answered);
        for (var i = 0; i < 50_000; i++)
        {
            var input = (byte[])good.Clone();
            input[random.Next(input.Length)] = (byte)random.Next(256);
            if (ReadingCodec.TryDecode(input, out var read, out var error))
                Assert.InRange(read.RttMs, 0, 3_600_000);
            else
                Assert.NotEmpty(error);
        }
    }

    private static V1.ProbeReading Message(double rttMs) => new() { SentNs = 1, Outcome = V1.ProbeOutcome.Answered, RttMs = rttMs };

    private static string Error(V1.ProbeReading message) => Error(message.ToByteArray());

    private static string Error(byte[] bytes)
    {
        Assert.False(ReadingCodec.TryDecode(bytes, out _, out var error));
        return error;
    }
}
