using SignalStream.Processor.States;

namespace SignalStream.UnitTests.Processor;

public sealed class ZeroRunsTests
{
    [Fact]
    public void Unpack_OfWhatWasPacked_IsTheSame()
    {
        var random = new Random(1);
        for (var i = 0; i < 300; i++)
        {
            var state = new byte[random.Next(i < 290 ? 600 : 200_000)];
            for (var at = 0; at < state.Length; at += random.Next(1, 40))
                random.NextBytes(state.AsSpan(at, Math.Min(random.Next(12), state.Length - at)));
            Assert.Equal(state, ZeroRuns.Unpack(ZeroRuns.Pack(state)));
        }
    }

    [Fact]
    public void Pack_OfZeros_IsShort() => Assert.True(ZeroRuns.Pack(new byte[100_000]).Length < 20);

    [Fact]
    public void Pack_WithoutZeros_HardlyGrows()
    {
        var state = Enumerable.Repeat((byte)1, 100_000).ToArray();
        Assert.True(ZeroRuns.Pack(state).Length < 100_020);
        Assert.Equal(state, ZeroRuns.Unpack(ZeroRuns.Pack(state)));
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 1, 0, 0 })]
    [InlineData(new byte[] { 255, 255, 255, 255 })]
    [InlineData(new byte[] { 4, 0, 0, 0 })]
    [InlineData(new byte[] { 4, 0, 0, 0, 0, 0, 5, 0, 1, 2, 3, 4, 5 })]
    [InlineData(new byte[] { 4, 0, 0, 0, 0, 0, 4, 0, 1, 2, 3 })]
    public void Unpack_OfAnythingElse_IsRefused(byte[] packed) => Assert.Throws<ArgumentException>(() => ZeroRuns.Unpack(packed));
}
