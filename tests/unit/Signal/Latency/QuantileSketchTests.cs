using SignalStream.Signal.Latency;

namespace SignalStream.UnitTests.Signal.Latency;

public sealed class QuantileSketchTests
{
    private static readonly double[] Shares = [0, 0.05, 0.5, 0.95, 0.99, 1];

    [Fact]
    public void Quantile_AnyShare_IsWithinOnePercent()
    {
        var values = Durations(5000);
        var sketch = Of(values);
        var sorted = values.Order().ToArray();
        foreach (var q in Shares)
        {
            var exact = sorted[(int)(q * (sorted.Length - 1))];
            Assert.InRange(sketch.Quantile(q), exact * (1 - QuantileSketch.RelativeError - 1e-9), exact * (1 + QuantileSketch.RelativeError + 1e-9));
        }
    }

    [Fact]
    public void Merge_TwoHalves_IsTheWhole()
    {
        var values = Durations(2000);
        var merged = Of(values[..700]);
        merged.Merge(Of(values[700..]));
        var whole = Of(values);
        Assert.Equal(whole.Count, merged.Count);
        Assert.All(Shares, q => Assert.Equal(whole.Quantile(q), merged.Quantile(q)));
    }

    [Fact]
    public void Remove_WhatWasAdded_LeavesTheRest()
    {
        var values = Durations(2000);
        var sketch = Of(values);
        foreach (var value in values[..1500])
            sketch.Remove(value);
        var rest = Of(values[1500..]);
        Assert.Equal(rest.Count, sketch.Count);
        Assert.All(Shares, q => Assert.Equal(rest.Quantile(q), sketch.Quantile(q)));
    }

    [Fact]
    public void Remove_WhatNeverWas_IsRefused() => Assert.Throws<InvalidOperationException>(() => Of([1, 2]).Remove(500));

    [Fact]
    public void Quantile_OutsideOfTheRange_IsAnEnd()
    {
        var sketch = Of([0, 0, 1e9]);
        Assert.Equal(0, sketch.Quantile(0.5));
        Assert.InRange(sketch.Quantile(1), 60_000, 70_000);
        Assert.Equal(0, new QuantileSketch().Quantile(0.5));
    }

    private static QuantileSketch Of(double[] values)
    {
        var sketch = new QuantileSketch();
        foreach (var value in values)
            sketch.Add(value);
        return sketch;
    }

    private static double[] Durations(int count)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(_ => 0.02 * Math.Pow(10, 6 * random.NextDouble()))];
    }
}
