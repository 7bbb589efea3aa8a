using SignalStream.Contracts;
using SignalStream.Gateway.Relay.Thinning;
using SignalStream.Signal.Synthesis;
using SignalStream.UnitTests.Signal;

namespace SignalStream.UnitTests.Gateway.Thinning;

public class ThinnerTests
{
    private readonly RelayKit _kit = new();
    private readonly LevelsWanted _wanted = new();
    private readonly Thinner _thinner;

    public ThinnerTests() => _thinner = new Thinner(_kit.Frames, _wanted);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Thin_EcgOf30Seconds_KeepsEveryRPeaksAmplitudeWithin5Percent(int scale)
    {
        var ecg = SyntheticEcg.Make(new EcgSettings { RateHz = 250, Seed = 7 }, 30);
        _wanted.Add(scale);
        var columns = Columns(ecg.Lead, 10, scale);
        Assert.NotEmpty(ecg.Truth);
        foreach (var beat in ecg.Truth.Where(b => b.Sample < columns.Count << scale))
        {
            var peak = ecg.Lead[(int)beat.Sample];
            Assert.InRange(columns[(int)beat.Sample >> scale].High, 0.95 * peak, 1.05 * peak);
        }
    }

    [Fact]
    public void Thin_NobodyWantsAny_HangsNothingOn()
    {
        var wave = _kit.Shared(0);
        _thinner.Thin(wave);
        Assert.Empty(wave.Thinned);
        Assert.Equal(0, wave.Levels);
    }

    [Fact]
    public void Thin_TwoWantTheSame_MakesItOnceAndStopsWithTheLast()
    {
        _wanted.Add(3);
        _wanted.Add(3);
        Assert.Single(Envelopes(0, 64));
        _wanted.Remove(3);
        Assert.Single(Envelopes(64, 64));
        _wanted.Remove(3);
        Assert.Empty(Envelopes(128, 64));
        Assert.Equal(0, _kit.Buffers.Out);
    }

    [Fact]
    public void Thin_NotANumberAmongTheSamples_IsPassedOver()
    {
        _wanted.Add(1);
        float[] lead = [.. Enumerable.Range(0, 64).Select(i => i is 3 or 4 or 5 ? float.NaN : i)];
        var columns = Columns(lead, 64, 1);
        Assert.Equal((2f, 2f), columns[1]);
        Assert.True(float.IsNaN(columns[2].Low) && float.IsNaN(columns[2].High));
        Assert.Equal((6f, 7f), columns[3]);
    }

    [Fact]
    public void Thin_GapInAColumn_TellsTheFullColumnsAndGivesTheRestUp()
    {
        _wanted.Add(3);
        Assert.Empty(Envelopes(0, 20));
        var wave = _kit.Shared(50, 10);
        _thinner.Thin(wave);
        Assert.True(wave.IsBreak);
        Assert.Equal(
            [(FrameKind.Envelope, 0UL, 16UL), (FrameKind.Gap, 16, 4)],
            wave.Thinned.Select(t => (t.Frame.Header.Kind, t.Frame.Header.First, t.Frame.Covers)));
        wave.Release();
        Assert.Equal(0, _kit.Buffers.Out);
    }

    private List<(float Low, float High)> Columns(float[] lead, int count, int scale)
    {
        var columns = new List<(float, float)>();
        for (var first = 0; first + count <= lead.Length; first += count)
        {
            var bytes = RelayKit.Wave((ulong)first, count);
            System.Runtime.InteropServices.MemoryMarshal.AsBytes(lead.AsSpan(first, count)).CopyTo(bytes.AsSpan(FrameHeader.Size));
            var wave = _kit.Shared(bytes, _kit.Topic);
            _thinner.Thin(wave);
            foreach (var made in wave.Thinned.Where(t => t.Scale == scale))
            {
                Assert.Equal((ulong)columns.Count << scale, made.Frame.Header.First);
                var values = FrameHeader.Values(made.Frame.Bytes.Span);
                for (var i = 0; i < values.Length; i += 2)
                    columns.Add((values[i], values[i + 1]));
            }

            wave.Release();
        }

        return columns;
    }

    private List<FrameHeader> Envelopes(ulong first, int count)
    {
        var wave = _kit.Shared(first, count);
        _thinner.Thin(wave);
        var headers = wave.Thinned.Select(t => t.Frame.Header).ToList();
        wave.Release();
        return headers;
    }
}
