using SignalStream.Signal.Anomalies;

namespace SignalStream.UnitTests.Signal.Anomalies;

public sealed class AnomalyDetectorTests
{
    private const long StepNs = 500_000_000;

    [Fact]
    public void StateSize_OfAMetric_IsBelow16KiB() => Assert.InRange(new AnomalyDetector().StateSize, 1, 16 * 1024);

    [Fact]
    public void Process_SpikeInTheSecondMinute_IsAnAnomaly()
    {
        var values = Noise(150, 20, 0.5);
        values[130] = 80;
        var scores = Scores(values);
        Assert.True(scores[130].Score >= AnomalyDetector.Threshold, $"score {scores[130]}");
        Assert.NotEqual(AnomalyCause.None, scores[130].Cause);
    }

    [Fact]
    public void Process_ConstantForAnHourThenNot_IsAnAnomaly()
    {
        var values = Enumerable.Repeat(7.0, 7200).Append(7.1).ToArray();
        Assert.True(Scores(values)[^1].Score >= AnomalyDetector.Threshold);
    }

    [Fact]
    public void Process_LevelThatStays_IsToldOnceAndLearned()
    {
        double[] values = [.. Noise(600, 20, 0.5), .. Noise(3000, 60, 0.5, seed: 2)];
        var anomalies = Anomalies(values);
        Assert.Contains(anomalies, at => at is >= 600 and < 604);
        Assert.DoesNotContain(anomalies, at => at >= 1200);
    }

    [Fact]
    public void Process_SameSpikeEveryFiveMinutes_IsSoonNoNews()
    {
        var values = Noise(12_000, 20, 0.5);
        for (var at = 600; at < values.Length; at += 600)
            values[at] = 50;
        var told = Anomalies(values).Where(at => at % 600 == 0).ToArray();
        Assert.Equal(600, told[0]);
        Assert.DoesNotContain(told, at => at >= 1800);
    }

    [Fact]
    public void Process_AnyUnit_ScoresTheSame()
    {
        var values = Noise(2000, 20, 0.5);
        values[1500] = 40;
        // A power of two changes no digit.
        var inMilliseconds = Scores(values);
        var inOtherUnit = Scores([.. values.Select(v => v * 1024)]);
        for (var i = 0; i < values.Length; i++)
            Assert.Equal(inMilliseconds[i].Score, inOtherUnit[i].Score, 1e-9);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Process_NotFinite_IsRefused(double value) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new AnomalyDetector().Process(0, value));

    [Fact]
    public void Process_HugeAndTinyValues_StaysFinite()
    {
        double[] values = [.. Noise(200, 20, 0.5), double.MaxValue, double.MinValue, double.Epsilon, 0, .. Noise(3000, 20, 0.5)];
        Assert.All(Scores(values), score => Assert.InRange(score.Surprise, 0, 1));
    }

    [Fact]
    public void Process_AfterConstruction_AllocatesNothing()
    {
        var values = Noise(6000, 20, 2);
        var detector = new AnomalyDetector();
        for (var i = 0; i < 3000; i++)
            detector.Process(i * StepNs, values[i]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 3000; i < 6000; i++)
            detector.Process(i * StepNs, values[i]);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void RestoreState_SavedAnywhere_ScoresBitForBit()
    {
        var values = Noise(7000, 20, 2);
        foreach (var cut in new[] { 0, 1, 25, 49, 51, 95, 300, 1023, 1025, 2047, 2049, 5000 })
        {
            var (first, second) = (new AnomalyDetector(), new AnomalyDetector());
            for (var i = 0; i < cut; i++)
                first.Process(i * StepNs, values[i]);
            var state = new byte[first.StateSize];
            first.SaveState(state);
            second.RestoreState(state);
            for (var i = cut; i < values.Length; i++)
                Assert.Equal(first.Process(i * StepNs, values[i]), second.Process(i * StepNs, values[i]));
        }
    }

    [Fact]
    public void RestoreState_OfAnotherVersion_IsRefused()
    {
        var detector = new AnomalyDetector();
        var state = new byte[detector.StateSize];
        detector.SaveState(state);
        state[0] = 99;
        Assert.Throws<ArgumentException>(() => detector.RestoreState(state));
    }

    [Fact]
    public void Usual_LeavesTheNewestOut()
    {
        var detector = new AnomalyDetector();
        foreach (var value in Noise(600, 20, 1).Concat([500, 500, 500]))
            detector.Process(0, value);
        var (middle, spread) = detector.Usual(skip: 3);
        Assert.InRange(middle, 19.8, 20.2);
        Assert.InRange(spread, 0.85, 1.15);
    }

    private static AnomalyScore[] Scores(double[] values)
    {
        var detector = new AnomalyDetector();
        return [.. values.Select((value, i) => detector.Process(i * StepNs, value))];
    }

    private static int[] Anomalies(double[] values) =>
        [.. Scores(values).Index().Where(s => s.Item.Score >= AnomalyDetector.Threshold).Select(s => s.Index)];

    private static double[] Noise(int count, double mean, double sd, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => mean + (sd * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble())))];
    }
}
