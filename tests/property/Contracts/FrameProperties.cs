using FsCheck;
using FsCheck.Fluent;
using SignalStream.Contracts;

namespace SignalStream.PropertyTests.Contracts;

public sealed class FrameProperties
{
    /// <summary>More by the variable FUZZ_INPUTS.</summary>
    private static readonly int Inputs =
        int.TryParse(Environment.GetEnvironmentVariable("FUZZ_INPUTS"), out var wanted) ? wanted : 1_000_000;

    [Fact]
    public void TryRead_WrittenSamples_AreWhatWasWritten() =>
        Prop.ForAll(Headers(), header =>
        {
            var channels = 1 + (int)(header.Epoch % 3);
            var frame = new byte[FrameHeader.Size + channels * header.Count * sizeof(float)];
            header.Write(frame);
            return FrameHeader.TryRead(frame, out var read) == FrameError.None
                && read == header && read.Channels(frame.Length) == channels && FrameHeader.Values(frame).Length == channels * header.Count;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void TryRead_ALengthThatDoesNotFit_IsRefused() =>
        Prop.ForAll(Headers(), header =>
        {
            var whole = new byte[FrameHeader.Size + header.Count * sizeof(float)];
            header.Write(whole);
            return Enumerable.Range(1, 3).All(cut => FrameHeader.TryRead(whole.AsSpan(0, whole.Length - cut), out _) != FrameError.None);
        }).QuickCheckThrowOnFailure();

    /// <summary>A million random and mutated inputs: a frame that keeps its promises, or a reason that can be told.</summary>
    [Fact]
    public void TryRead_AnyBytes_IsAFrameThatKeepsItsPromisesOrAReason()
    {
        var random = new Random(20261120);
        var seed = new byte[FrameHeader.Size + 64];
        new FrameHeader(FrameKind.Samples, 0, 16, 0, 7, 250, 1000, 1).Write(seed);
        var buffer = new byte[FrameHeader.Size + 128];
        var accepted = 0;
        for (var i = 0; i < Inputs; i++)
        {
            var input = i % 2 == 0 ? Noise(random, buffer) : Mutated(random, seed, buffer);
            var error = FrameHeader.TryRead(input, out var header);
            if (error == FrameError.None)
                accepted += Keeps(input, header);
            else if (i % 64 == 0)
                Assert.NotEmpty(error.Describe(input));
        }

        Assert.InRange(accepted, 1, Inputs / 2);
    }

    private static int Keeps(ReadOnlySpan<byte> frame, in FrameHeader header)
    {
        var payload = frame.Length - FrameHeader.Size;
        var fits = header.Kind switch
        {
            FrameKind.Samples => header.Count > 0 && payload == header.Channels(frame.Length) * header.Count * 4 && header.RateHz > 0,
            FrameKind.Envelope => header.Scale > 0 && payload == header.Channels(frame.Length) * header.Count * 8
                && header.First % (1UL << header.Scale) == 0,
            FrameKind.Event => header.Count == 0 && payload > 0,
            FrameKind.Gap => header.Count == 0 && payload == FrameHeader.GapPayload,
            _ => false,
        };
        Assert.True(fits, $"{header} over {frame.Length} bytes");
        return 1;
    }

    private static ReadOnlySpan<byte> Noise(Random random, byte[] buffer)
    {
        var input = buffer.AsSpan(0, random.Next(buffer.Length + 1));
        random.NextBytes(input);
        // Past the first gate, or nearly every input would end there.
        if (input.Length > 1 && random.Next(2) == 0)
            (input[0], input[1]) = ((byte)random.Next(6), (byte)((1 << 4) | random.Next(4)));
        return input;
    }

    private static ReadOnlySpan<byte> Mutated(Random random, byte[] seed, byte[] buffer)
    {
        seed.CopyTo(buffer, 0);
        for (var flips = random.Next(4); flips > 0; flips--)
            buffer[random.Next(FrameHeader.Size)] ^= (byte)(1 << random.Next(8));
        return buffer.AsSpan(0, seed.Length - (random.Next(4) == 0 ? random.Next(seed.Length) : 0));
    }

    private static Arbitrary<FrameHeader> Headers() => Arb.From(
        from count in Gen.Choose(1, 65_535)
        from topic in Gen.Choose(0, int.MaxValue)
        from epoch in Gen.Choose(0, int.MaxValue)
        from rate in Gen.Elements(0.5f, 100f, 250f, 360f, 1000f, float.Epsilon, float.MaxValue)
        from first in Gen.Elements(0UL, 1UL, 1UL << 53, ulong.MaxValue)
        from time in Gen.Elements(long.MinValue, -1, 0, 1_780_000_000_000_000_000, long.MaxValue)
        select new FrameHeader(FrameKind.Samples, 0, count, (uint)topic, (uint)epoch, rate, first, time));
}
