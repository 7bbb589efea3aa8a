using SignalStream.Signal.State;

namespace SignalStream.Signal.Forecasting;

/// <summary>Forecasts the next RR interval with intervals that cover what they claim.</summary>
/// <remarks>
/// The point is an exponentially weighted mean. The intervals are split-conformal on its own recent errors (Vovk V,
/// Gammerman A, Shafer G (2005), Algorithmic Learning in a Random World, doi:10.1007/b106715): of the last n absolute
/// errors the ceil((n+1)·q)-th smallest, which covers at least q whenever the next error is exchangeable with them.
/// Departs from it: a sliding window instead of all errors, so that it follows a changing heart. No forecast before nine
/// errors are there, the fewest from which 90 % can be claimed. O(window) a beat.
/// </remarks>
public sealed class RrForecaster : IStateful
{
    private const byte Version = 1;
    private const int FewestErrors = 9;

    // The slower the level, the less it echoes noise; the faster, the less it lags breathing. One in three is between.
    private const float LevelGain = 1f / 3;

    private readonly float[] _errors;
    private readonly float[] _sorted;
    private float _levelMs;
    private int _count;
    private int _oldest;

    /// <summary>Makes a forecaster.</summary>
    /// <param name="window">How many of its latest errors it remembers, from 9. 100 beats are about 80 s.</param>
    public RrForecaster(int window = 100)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(window, FewestErrors);
        _errors = new float[window];
        _sorted = new float[window];
        var counter = StateWriter.Counter;
        Write(ref counter);
        StateSize = counter.Length;
    }

    /// <inheritdoc/>
    public int StateSize { get; }

    /// <summary>Takes the next RR interval, ms, above 0, and learns from how well it was forecast.</summary>
    public void Process(float rrMs)
    {
        if (!(rrMs > 0 && float.IsFinite(rrMs)))
            throw new ArgumentOutOfRangeException(nameof(rrMs), rrMs, "An RR interval must be above 0 and finite.");
        if (_levelMs == 0)
        {
            _levelMs = rrMs;
            return;
        }

        Remember(Math.Abs(rrMs - _levelMs));
        _levelMs += LevelGain * (rrMs - _levelMs);
    }

    /// <summary>The forecast of the next interval; null until enough is known to say how sure it is.</summary>
    public RrForecast? Forecast() => _count < FewestErrors
        ? null
        : new RrForecast(_levelMs, Around(0.5), Around(0.8), Around(0.9));

    /// <summary>Forgets everything, as after a gap in the signal.</summary>
    public void Reset()
    {
        _errors.AsSpan().Clear();
        _sorted.AsSpan().Clear();
        (_levelMs, _count, _oldest) = (0, 0, 0);
    }

    /// <inheritdoc/>
    public void SaveState(Span<byte> destination)
    {
        var writer = new StateWriter(destination, StateSize);
        Write(ref writer);
    }

    /// <inheritdoc/>
    public void RestoreState(ReadOnlySpan<byte> source)
    {
        var reader = new StateReader(source, StateSize);
        reader.Expect(Version, "version");
        reader.Expect(_errors.Length, "window");
        reader.ReadAll(_errors.AsSpan());
        _levelMs = reader.Read<float>();
        _count = reader.Read<int>();
        _oldest = reader.Read<int>();
        _errors.CopyTo(_sorted, 0);
        _sorted.AsSpan(0, _count).Sort();
    }

    private void Write(ref StateWriter writer)
    {
        writer.Write(Version);
        writer.Write(_errors.Length);
        writer.WriteAll<float>(_errors);
        writer.Write(_levelMs);
        writer.Write(_count);
        writer.Write(_oldest);
    }

    private ForecastInterval Around(double share)
    {
        var rank = Math.Min(_count, (int)Math.Ceiling((_count + 1) * share));
        var spread = _sorted[rank - 1];
        return new ForecastInterval(Math.Max(0, _levelMs - spread), _levelMs + spread);
    }

    /// <summary>Replaces the oldest error in the ring and in the sorted copy.</summary>
    private void Remember(float error)
    {
        if (_count == _errors.Length) Remove(_errors[_oldest]);
        _errors[_oldest] = error;
        _oldest = (_oldest + 1) % _errors.Length;
        var at = _sorted.AsSpan(0, _count).BinarySearch(error);
        if (at < 0) at = ~at;
        _sorted.AsSpan(at, _count - at).CopyTo(_sorted.AsSpan(at + 1));
        _sorted[at] = error;
        _count++;
    }

    private void Remove(float error)
    {
        var at = _sorted.AsSpan(0, _count).BinarySearch(error);
        _sorted.AsSpan(at + 1, _count - at - 1).CopyTo(_sorted.AsSpan(at));
        _count--;
    }
}
