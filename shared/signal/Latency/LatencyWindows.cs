using SignalStream.Signal.State;

namespace SignalStream.Signal.Latency;

/// <summary>Sliding windows of 10 s, 1 min and 5 min over the readings of one target.</summary>
/// <remarks>
/// The readings lie in one ring, and each window is a stretch of it with a sketch that readings enter and leave. At most 1,200
/// readings are kept, so at more than four a second the long window is shorter. O(1) a reading, O(window) for figures.
/// </remarks>
public sealed class LatencyWindows : IStateful
{
    /// <summary>Lengths of the windows, s.</summary>
    public static ReadOnlySpan<int> Seconds => s_seconds;

    // A span over a literal is made anew each time where the JIT does not optimize.
    private static readonly int[] s_seconds = [10, 60, 300];

    private const int StateVersion = 1;
    private const int Capacity = 1200;
    private const long NsPerSecond = 1_000_000_000;
    private const double JitterGain = 1.0 / 16;

    private readonly double _stutterMs;
    private readonly long[] _times = new long[Capacity];
    private readonly float[] _values = new float[Capacity];
    private readonly QuantileSketch[] _sketches = [new(), new(), new()];
    private readonly long[] _starts = new long[3];
    private readonly int[] _lost = new int[3];
    private long _end;
    private double _jitterMs;
    private float _last = float.NaN;

    /// <summary>Windows that are empty.</summary>
    /// <param name="stutterMs">A reading that takes so much longer than the one before is a stutter, ms, above 0.</param>
    public LatencyWindows(double stutterMs = 20) => _stutterMs = stutterMs;

    /// <inheritdoc/>
    public int StateSize => sizeof(int) + (2 * sizeof(long)) + (Seconds.Length * sizeof(long)) + sizeof(double) + sizeof(float) + (Capacity * (sizeof(long) + sizeof(float)));

    /// <summary>Takes the next reading.</summary>
    /// <param name="timeNs">When it was sent, ns since the Unix epoch; not before the one before it.</param>
    /// <param name="ms">How long the answer took, ms, at least 0; NaN when none came in time.</param>
    public void Add(long timeNs, float ms)
    {
        if (_end - _starts[^1] == Capacity)
            DropOldest();
        if (!float.IsNaN(ms))
        {
            if (!float.IsNaN(_last))
                _jitterMs += JitterGain * (Math.Abs(ms - _last) - _jitterMs);
            _last = ms;
        }

        (_times[_end % Capacity], _values[_end % Capacity]) = (timeNs, ms);
        _end++;
        for (var window = 0; window < _sketches.Length; window++)
            Enter(window, ms);
        Advance(timeNs);
    }

    /// <summary>Lets readings leave the windows that are too old at that time.</summary>
    public void Advance(long nowNs)
    {
        for (var window = 0; window < _sketches.Length; window++)
        {
            var from = nowNs - (Seconds[window] * NsPerSecond);
            while (_starts[window] < _end && _times[_starts[window] % Capacity] <= from)
                Leave(window);
        }
    }

    /// <summary>The figures of a window as it stands.</summary>
    /// <param name="window">0 to 2, as in <see cref="Seconds"/>.</param>
    public LatencyFigures Figures(int window)
    {
        var sketch = _sketches[window];
        var readings = (int)(_end - _starts[window]);
        if (sketch.Count == 0)
            return new LatencyFigures(readings, _lost[window], 0, 0, 0, 0, 0, 0, 0, 0, readings == 0 ? 0 : 1, readings == 0 ? QualityClass.Unknown : QualityClass.Bad);
        var walk = Walk(window);
        var median = sketch.Quantile(0.5);
        var mos = Quality.Mos(median, walk.MeanDifference, (double)_lost[window] / readings);
        // A quantile is the middle of a bin, which may lie a little outside of what was seen.
        return new LatencyFigures(
            readings, _lost[window],
            Math.Clamp(median, walk.Min, walk.Max), Math.Clamp(sketch.Quantile(0.95), walk.Min, walk.Max), Math.Clamp(sketch.Quantile(0.99), walk.Min, walk.Max),
            walk.Min, walk.Max, _jitterMs, walk.MeanDifference, walk.Stutters, mos, Quality.Class(mos));
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        foreach (var sketch in _sketches)
            sketch.Reset();
        _starts.AsSpan().Clear();
        _lost.AsSpan().Clear();
        (_end, _jitterMs, _last) = (0, 0, float.NaN);
    }

    /// <inheritdoc/>
    public void SaveState(Span<byte> destination)
    {
        var writer = new StateWriter(destination, StateSize);
        writer.Write(StateVersion);
        writer.Write(_end);
        writer.Write(BitConverter.DoubleToInt64Bits(_stutterMs));
        writer.WriteAll<long>(_starts);
        writer.Write(_jitterMs);
        writer.Write(_last);
        writer.WriteAll<long>(_times);
        writer.WriteAll<float>(_values);
    }

    /// <inheritdoc/>
    public void RestoreState(ReadOnlySpan<byte> source)
    {
        var reader = new StateReader(source, StateSize);
        reader.Expect(StateVersion, "version");
        Reset();
        _end = reader.Read<long>();
        reader.Expect(BitConverter.DoubleToInt64Bits(_stutterMs), "stutter threshold");
        reader.ReadAll(_starts.AsSpan());
        _jitterMs = reader.Read<double>();
        _last = reader.Read<float>();
        reader.ReadAll(_times.AsSpan());
        reader.ReadAll(_values.AsSpan());
        // The sketches follow from the readings.
        for (var window = 0; window < _sketches.Length; window++)
        {
            for (var i = _starts[window]; i < _end; i++)
                Enter(window, _values[i % Capacity]);
        }
    }

    private void Enter(int window, float ms)
    {
        if (float.IsNaN(ms))
            _lost[window]++;
        else
            _sketches[window].Add(ms);
    }

    private void Leave(int window)
    {
        var ms = _values[_starts[window]++ % Capacity];
        if (float.IsNaN(ms))
            _lost[window]--;
        else
            _sketches[window].Remove(ms);
    }

    private void DropOldest()
    {
        var oldest = _starts[^1];
        for (var window = 0; window < _sketches.Length; window++)
        {
            if (_starts[window] == oldest)
                Leave(window);
        }
    }

    private (double Min, double Max, double MeanDifference, int Stutters) Walk(int window)
    {
        var (min, max, sum) = (double.PositiveInfinity, 0.0, 0.0);
        var (differences, stutters, last) = (0, 0, float.NaN);
        for (var i = _starts[window]; i < _end; i++)
        {
            var ms = _values[i % Capacity];
            if (float.IsNaN(ms))
                continue;
            (min, max) = (Math.Min(min, ms), Math.Max(max, ms));
            if (!float.IsNaN(last))
            {
                sum += Math.Abs(ms - last);
                differences++;
                if (ms - last > _stutterMs)
                    stutters++;
            }

            last = ms;
        }

        return (min, max, differences == 0 ? 0 : sum / differences, stutters);
    }
}
