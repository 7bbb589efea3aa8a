using SignalStream.Signal.State;

namespace SignalStream.Signal.Latency;

/// <summary>What a line is usually like: stretches of 40 readings, every 20 readings, 84 of them, a quarter of an hour at two a second.</summary>
internal sealed class LineHistory
{
    private const int Readings = 40;
    private const int Every = 20;
    private const int Stretches = 84;
    private const int Enough = 5;

    /// <summary>From the median absolute deviation to a standard deviation.</summary>
    private const double ToDeviation = 1.4826;

    private readonly float[] _readings = new float[Readings];
    private readonly long[] _times = new long[Readings];
    private readonly float[] _medians = new float[Stretches];
    private readonly float[] _differences = new float[Stretches];
    private readonly float[] _spreads = new float[Stretches];
    private long _taken;
    private long _kept;

    /// <summary>Whether there are enough stretches to compare with.</summary>
    public bool IsKnown => _kept >= Enough;

    /// <summary>Median of the stretches' medians, and how much these vary, ms.</summary>
    public (double Usual, double Spread) Level { get; private set; }

    /// <summary>The same of the mean differences of neighbours.</summary>
    public (double Usual, double Spread) Difference { get; private set; }

    /// <summary>How far a third of the readings lies from their median at least, ms.</summary>
    public double ReadingSpread { get; private set; }

    /// <summary>Of the last 40 readings.</summary>
    public double Median { get; private set; }

    /// <summary>Of the last 40 readings.</summary>
    public double MeanDifference { get; private set; }

    /// <summary>When the oldest of the last 40 readings was sent.</summary>
    public long FirstNs => _times[_taken % Readings];

    /// <summary>Takes the next answer.</summary>
    /// <param name="timeNs">When it was sent.</param>
    /// <param name="ms">The round trip.</param>
    /// <param name="learn">Whether it is part of what is usual.</param>
    public void Add(long timeNs, float ms, bool learn)
    {
        var at = (int)(_taken++ % Readings);
        (_readings[at], _times[at]) = (ms, timeNs);
        if (_taken < Readings)
            return;
        Span<float> sorted = stackalloc float[Readings];
        _readings.CopyTo(sorted);
        sorted.Sort();
        Median = sorted[Readings / 2];
        MeanDifference = Differences() / (Readings - 1);
        if (learn && _taken % Every == 0)
            Keep((sorted[(int)(0.84 * Readings)] - sorted[(int)(0.16 * Readings)]) / 2);
    }

    /// <summary>Forgets what was usual.</summary>
    public void Forget() => _kept = 0;

    public void Save(ref StateWriter writer)
    {
        writer.WriteAll<float>(_readings);
        writer.WriteAll<long>(_times);
        writer.WriteAll<float>(_medians);
        writer.WriteAll<float>(_differences);
        writer.WriteAll<float>(_spreads);
        writer.Write(_taken);
        writer.Write(_kept);
        writer.Write(Median);
        writer.Write(MeanDifference);
    }

    public void Restore(ref StateReader reader)
    {
        reader.ReadAll(_readings.AsSpan());
        reader.ReadAll(_times.AsSpan());
        reader.ReadAll(_medians.AsSpan());
        reader.ReadAll(_differences.AsSpan());
        reader.ReadAll(_spreads.AsSpan());
        _taken = reader.Read<long>();
        _kept = reader.Read<long>();
        Median = reader.Read<double>();
        MeanDifference = reader.Read<double>();
        Summarize();
    }

    private double Differences()
    {
        var sum = 0.0;
        for (var i = _taken - Readings + 1; i < _taken; i++)
            sum += Math.Abs(_readings[i % Readings] - _readings[(i - 1) % Readings]);
        return sum;
    }

    private void Keep(float spread)
    {
        var at = (int)(_kept++ % Stretches);
        (_medians[at], _differences[at], _spreads[at]) = ((float)Median, (float)MeanDifference, spread);
        Summarize();
    }

    private void Summarize()
    {
        var count = (int)Math.Min(_kept, Stretches);
        if (count == 0)
            return;
        Level = Summary(_medians.AsSpan(0, count));
        Difference = Summary(_differences.AsSpan(0, count));
        ReadingSpread = Summary(_spreads.AsSpan(0, count)).Usual;
    }

    private static (double Usual, double Spread) Summary(ReadOnlySpan<float> values)
    {
        Span<float> sorted = stackalloc float[Stretches];
        sorted = sorted[..values.Length];
        values.CopyTo(sorted);
        sorted.Sort();
        var middle = sorted[values.Length / 2];
        for (var i = 0; i < values.Length; i++)
            sorted[i] = Math.Abs(values[i] - middle);
        sorted.Sort();
        return (middle, ToDeviation * sorted[values.Length / 2]);
    }
}
