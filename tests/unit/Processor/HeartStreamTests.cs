using System.Runtime.InteropServices;
using Prometheus;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Partitions;
using SignalStream.Processor.Heart;
using SignalStream.Signal.Synthesis;

namespace SignalStream.UnitTests.Processor;

public sealed class HeartStreamTests
{
    private const float RateHz = 250;
    private const long StartNs = 1_780_000_000_000_000_000;
    private static readonly StreamId Bed = new("ecg", "bed-1");

    private readonly HeartStream _stream = NewStream();
    private readonly List<SignalEvent> _events = [];
    private long _storedNs = StartNs;

    [Fact]
    public void Process_ThirtySecondsOfEcg_FindsTheBeatsThatWereMade()
    {
        var (samples, made) = Ecg(seconds: 30);
        ProcessAll(samples, 10);
        var found = Beats().Select(b => (long)b.Place.Index).ToList();
        // The last beat may not be decided yet.
        Assert.InRange(found.Count, made.Count - 1, made.Count);
        Assert.All(found.Zip(made), pair => Assert.InRange(pair.First - pair.Second, -3, 3));
        Assert.All(Beats(), b => Assert.Equal(StartNs + ((long)b.Place.Index * 4_000_000), b.Place.TimeNs));
    }

    [Fact]
    public void Process_TheSameEcgInOtherFrames_GivesTheSameEvents()
    {
        var (samples, _) = Ecg(seconds: 20);
        ProcessAll(samples, 10);
        var whole = new List<SignalEvent>();
        var other = NewStream();
        foreach (var (first, count) in Cuts(samples.Length, 1, 7, 250, 33, 999))
            Assert.Null(Feed(other, Frame(samples.AsSpan(first, count), (ulong)first), whole));
        Assert.Equal(_events, whole);
    }

    [Fact]
    public void Process_EverySecond_TellsTheHeartRate()
    {
        ProcessAll(Ecg(seconds: 20).Samples, 10);
        var rates = _events.OfType<HeartRateEvent>().ToList();
        Assert.Equal(Enumerable.Range(1, 20).Select(s => (ulong)s * 250), rates.Select(r => r.Place.Index));
        Assert.NotNull(rates[0].Withheld);
        Assert.InRange(rates[^1].Bpm, 68, 76);
        Assert.Null(rates[^1].Withheld);
    }

    [Fact]
    public void Process_ARepeatedFrame_ChangesNothing()
    {
        var (samples, _) = Ecg(seconds: 10);
        ProcessAll(samples, 10);
        var before = _events.Count;
        Assert.Null(Process(samples.AsSpan(100, 10), 100));
        Assert.Equal(before, _events.Count);
    }

    [Fact]
    public void Process_AnOverlappingFrame_TakesWhatIsNew()
    {
        var (samples, _) = Ecg(seconds: 20);
        ProcessAll(samples, 10);
        var overlapping = NewStream();
        var events = new List<SignalEvent>();
        for (var first = 0; first < samples.Length; first += 10)
        {
            var from = Math.Max(0, first - 7);
            Feed(overlapping, Frame(samples.AsSpan(from, first + 10 - from), (ulong)from), events);
        }

        Assert.Equal(_events, events);
    }

    [Fact]
    public void Process_AGapThatStays_IsToldToTheSampleAfterTwoSecondsOfTheLogAndTheDetectorStartsAfresh()
    {
        var (samples, _) = Ecg(seconds: 30);
        ProcessAll(samples.AsSpan(0, 2500).ToArray(), 10);
        _events.Clear();
        // 40 ms of the log a frame: the 51st from the first behind the gap is stored 2 s later.
        for (var i = 0; i < 50; i++)
            Process(samples.AsSpan(3340 + i * 10, 10), (ulong)(3340 + i * 10));
        Assert.Empty(_events);
        for (var first = 3840; first + 10 <= samples.Length; first += 10)
            Process(samples.AsSpan(first, 10), (ulong)first);
        var gap = Assert.IsType<GapEvent>(_events[0]);
        Assert.Equal((2500UL, 840UL), (gap.Place.Index, gap.Missing));
        Assert.Equal(StartNs + (2500L * 4_000_000), gap.Place.TimeNs);
        Assert.Equal(0, Beats()[0].RrMs);
        Assert.InRange(Beats()[0].Place.Index, 3340UL, 3700UL);
    }

    [Fact]
    public void Process_AGapThatIsFilledInTime_LeavesNoTrace()
    {
        var (samples, _) = Ecg(seconds: 30);
        var filled = NewStream();
        var events = new List<SignalEvent>();
        int[] order = [.. Enumerable.Range(0, 200), .. Enumerable.Range(205, 20), .. Enumerable.Range(200, 25), .. Enumerable.Range(225, 525)];
        foreach (var block in order)
            Assert.Null(Feed(filled, Frame(samples.AsSpan(block * 10, 10), (ulong)block * 10), events));
        ProcessAll(samples, 10);
        Assert.Equal(_events, events);
    }

    [Fact]
    public void Process_AHigherEpoch_BeginsAnewAndALowerOneIsARepeat()
    {
        var (samples, _) = Ecg(seconds: 5);
        ProcessAll(samples, 10);
        _events.Clear();
        for (var first = 0; first < 1250; first += 10)
            Assert.Null(Process(samples.AsSpan(first, 10), (ulong)first, epoch: 8));
        Assert.All(_events, e => Assert.Equal(8u, e.Place.Epoch));
        Assert.Equal(0, Beats()[0].RrMs);
        var before = _events.Count;
        Assert.Null(Process(samples.AsSpan(10, 10), 5000, epoch: 7));
        Assert.Equal(before, _events.Count);
    }

    [Fact]
    public void Restore_OfAStateSavedAnywhere_GoesOnAsIfNothingHadHappened()
    {
        var (samples, _) = Ecg(seconds: 20);
        ProcessAll(samples, 10);
        var events = new List<SignalEvent>();
        var stream = NewStream();
        for (var block = 0; block * 10 < samples.Length; block++)
        {
            if (block % 7 == 0)
            {
                var state = stream.Save();
                stream = NewStream();
                stream.Restore(state);
            }

            Feed(stream, Frame(samples.AsSpan(block * 10, 10), (ulong)block * 10), events);
        }

        Assert.Equal(_events, events);
    }

    [Fact]
    public void Restore_OfAStateWithFramesThatWait_KeepsThem()
    {
        var (samples, _) = Ecg(seconds: 20);
        var stream = NewStream();
        var events = new List<SignalEvent>();
        int[] order = [.. Enumerable.Range(0, 100), .. Enumerable.Range(110, 10)];
        foreach (var block in order)
            Feed(stream, Frame(samples.AsSpan(block * 10, 10), (ulong)block * 10), events);
        var restored = NewStream();
        restored.Restore(stream.Save());
        foreach (var block in Enumerable.Range(100, 10).Concat(Enumerable.Range(120, 380)))
            Feed(restored, Frame(samples.AsSpan(block * 10, 10), (ulong)block * 10), events);
        ProcessAll(samples, 10);
        Assert.Equal(_events, events);
    }

    [Theory]
    [InlineData(float.NaN, "NaN")]
    [InlineData(float.PositiveInfinity, "Infinity")]
    public void Process_ASampleThatIsNotFinite_IsRefusedByItsIndexAndHarmsNothing(float bad, string text)
    {
        var (samples, _) = Ecg(seconds: 20);
        var spoilt = samples.AsSpan(1000, 10).ToArray();
        spoilt[3] = bad;
        var events = new List<SignalEvent>();
        var stream = NewStream();
        for (var first = 0; first < samples.Length; first += 10)
        {
            if (first == 1000)
            {
                var rejection = Feed(stream, Frame(spoilt, 1000), events);
                Assert.Equal("NotFinite", rejection!.Value.Word);
                Assert.Contains("1003", rejection.Value.Text, StringComparison.Ordinal);
                Assert.Contains(text, rejection.Value.Text, StringComparison.Ordinal);
            }

            Assert.Null(Feed(stream, Frame(samples.AsSpan(first, 10), (ulong)first), events));
        }

        ProcessAll(samples, 10);
        Assert.Equal(_events, events);
    }

    [Theory]
    [InlineData(99)]
    [InlineData(1001)]
    public void Process_ARateOutsideTheDetectors_IsRefusedWithTheRule(float rateHz)
    {
        var rejection = Feed(_stream, Frame(new float[10], 0, rateHz: rateHz), _events);
        Assert.Equal("RateOutOfRange", rejection!.Value.Word);
        Assert.Contains("100 to 1000", rejection.Value.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Process_AnythingButSamples_IsRefused()
    {
        Assert.Equal("TooShort", Feed(_stream, new byte[3], _events)!.Value.Word);
        var gap = new byte[FrameHeader.Size + FrameHeader.GapPayload];
        new FrameHeader(FrameKind.Gap, 0, 0, 0, 7, RateHz, 0, 0).Write(gap);
        Assert.Equal("NotSamples", Feed(_stream, gap, _events)!.Value.Word);
    }

    private static HeartStream NewStream() => new(Bed, new HeartOptions(), new HeartMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry())));

    private Rejection? Feed(HeartStream stream, byte[] frame, List<SignalEvent> events) =>
        stream.Process(new LogMessage(0, _storedNs += 40_000_000, frame), events);

    private List<BeatEvent> Beats() => [.. _events.OfType<BeatEvent>()];

    private static (float[] Samples, List<long> Beats) Ecg(int seconds)
    {
        var generator = new EcgGenerator(new EcgSettings { RateHz = RateHz, HeartRateBpm = 72, NoiseSdMv = 0.01, Seed = 3 });
        var samples = new float[seconds * (int)RateHz];
        var beats = new SyntheticBeat[generator.MaxBeats(samples.Length)];
        var count = generator.Process(samples, beats);
        return (samples, [.. beats.Take(count).Select(b => b.Sample)]);
    }

    private void ProcessAll(float[] samples, int block)
    {
        for (var first = 0; first + block <= samples.Length; first += block)
            Assert.Null(Process(samples.AsSpan(first, block), (ulong)first));
    }

    private static IEnumerable<(int First, int Count)> Cuts(int length, params int[] sizes)
    {
        for (int first = 0, i = 0; first < length; i++)
        {
            var count = Math.Min(sizes[i % sizes.Length], length - first);
            yield return (first, count);
            first += count;
        }
    }

    private Rejection? Process(ReadOnlySpan<float> samples, ulong first, uint epoch = 7) =>
        Feed(_stream, Frame(samples, first, epoch), _events);

    private static byte[] Frame(ReadOnlySpan<float> samples, ulong first, uint epoch = 7, float rateHz = RateHz)
    {
        var frame = new byte[FrameHeader.Size + samples.Length * sizeof(float)];
        var timeNs = StartNs + (long)(first * 1e9 / rateHz);
        new FrameHeader(FrameKind.Samples, 0, samples.Length, 0, epoch, rateHz, first, timeNs).Write(frame);
        MemoryMarshal.AsBytes(samples).CopyTo(frame.AsSpan(FrameHeader.Size));
        return frame;
    }
}
