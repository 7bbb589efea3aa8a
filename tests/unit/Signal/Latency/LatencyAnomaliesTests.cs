using SignalStream.Signal.Latency;
using SignalStream.Signal.Synthesis;

namespace SignalStream.UnitTests.Signal.Latency;

public sealed class LatencyAnomaliesTests
{
    private const long StartNs = 1_760_000_000_000_000_000;
    private const long HalfSecond = 500_000_000;

    [Fact]
    public void Process_Spike_BeginsAtOnceAndEndsWhenCalm()
    {
        var trace = Calm(900);
        trace[700] = 84;
        var changes = Run(trace);
        Assert.Equal(2, changes.Count);
        var (begun, ended) = (changes[0], changes[1]);
        Assert.Equal((700, LatencyAnomalyKind.Spike, At(700), 0L), (begun.Reading, begun.Change.Kind, begun.Change.StartNs, begun.Change.EndNs));
        Assert.Matches("^a reading of 84 ms is 6[0-9.]+ above the usual 2[0-9.]+ ± 0\\.[0-9]$", begun.Change.Reason);
        Assert.InRange(begun.Change.Score, 0.5, 1);
        Assert.Equal(At(700), ended.Change.EndNs);
        Assert.False(ended.Change.Learned);
    }

    [Fact]
    public void Process_SpikeInTheThirdMinute_IsFound()
    {
        var trace = Calm(300);
        trace[250] = 84;
        Assert.Contains(Run(trace), c => c.Reading == 250);
    }

    [Fact]
    public void Process_LevelThatStays_IsToldOnceAndLearned()
    {
        var trace = Calm(6000);
        for (var i = 1000; i < trace.Length; i++)
            trace[i] += 40;
        var changes = Run(trace);
        Assert.InRange(changes[0].Reading, 1000, 1004);
        Assert.True(changes[1].Change.Learned);
        Assert.Equal(2, changes.Count);
    }

    [Fact]
    public void Process_DriftBelowAReadingsNoise_IsFoundByTheLevel()
    {
        var trace = Calm(3000);
        for (var i = 1500; i < trace.Length; i++)
            trace[i] += 8f * Math.Min(1, (i - 1500) / 600f);
        var first = Run(trace)[0];
        Assert.Equal(LatencyAnomalyKind.Level, first.Change.Kind);
        Assert.InRange(first.Reading, 1500, 2100);
        Assert.Contains("p50 of the last 40 readings", first.Change.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Process_ThirdOfTheReadingsLost_IsLoss()
    {
        var trace = Calm(1000);
        for (var i = 800; i < 860; i += 3)
            trace[i] = float.NaN;
        var first = Run(trace)[0];
        Assert.Equal(LatencyAnomalyKind.Loss, first.Change.Kind);
        Assert.InRange(first.Reading, 800, 820);
    }

    [Fact]
    public void Process_TwelveCalmHours_TellsNothing() => Assert.Empty(Run(Calm(86_400)));

    [Fact]
    public void Process_NothingButLosses_TellsNothingTwice() =>
        Assert.True(Run([.. Enumerable.Repeat(float.NaN, 5000)]).Count(c => c.Change.EndNs == 0) <= 5);

    [Fact]
    public void Process_AfterConstruction_AllocatesNothing()
    {
        var trace = Calm(4000);
        var anomalies = new LatencyAnomalies();
        for (var i = 0; i < 2000; i++)
            anomalies.Process(At(i), trace[i], out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 2000; i < 4000; i++)
            anomalies.Process(At(i), i % 50 == 0 ? 90 : trace[i], out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void RestoreState_SavedAnywhere_GoesOnBitForBit()
    {
        var trace = Calm(4000);
        for (var i = 1000; i < 1400; i++)
            trace[i] += 30;
        for (var i = 2000; i < 2040; i += 2)
            trace[i] = float.NaN;
        foreach (var cut in new[] { 0, 39, 119, 700, 1001, 1100, 2021, 3000 })
        {
            var (first, second) = (new LatencyAnomalies(), new LatencyAnomalies());
            for (var i = 0; i < cut; i++)
                first.Process(At(i), trace[i], out _);
            var state = new byte[first.StateSize];
            first.SaveState(state);
            second.RestoreState(state);
            for (var i = cut; i < trace.Length; i++)
            {
                Assert.Equal(first.Process(At(i), trace[i], out var one), second.Process(At(i), trace[i], out var other));
                Assert.Equal(one, other);
            }
        }
    }

    private static long At(int reading) => StartNs + (reading * HalfSecond);

    private static float[] Calm(int count)
    {
        var generator = new LatencyGenerator(new LatencySettings { BaseMs = 20, JitterMs = 0.5, DiurnalShare = 0.3, Seed = 11 });
        return [.. Enumerable.Range(0, count).Select(i => generator.Next(At(i)))];
    }

    private static List<(int Reading, LatencyAnomaly Change)> Run(float[] trace)
    {
        var anomalies = new LatencyAnomalies();
        var changes = new List<(int, LatencyAnomaly)>();
        for (var i = 0; i < trace.Length; i++)
        {
            if (anomalies.Process(At(i), trace[i], out var change))
                changes.Add((i, change));
        }

        return changes;
    }
}
