using SignalStream.Signal.State;

namespace SignalStream.Signal.Forecasting;

/// <summary>How forecasts a number of steps ahead have come true.</summary>
/// <param name="Steps">How far ahead.</param>
/// <param name="Outcomes">Forecasts whose outcome came.</param>
/// <param name="Error">Mean absolute error.</param>
/// <param name="NaiveError">Of the last value.</param>
/// <param name="Covered50">Share of outcomes in the 50 % interval.</param>
/// <param name="Covered80">In the 80 % interval.</param>
/// <param name="Covered90">In the 90 % interval.</param>
/// <param name="Brier">Mean squared error of the probability of a rise; 0 where there is none.</param>
/// <param name="BaseBrier">Of the share of rises so far.</param>
/// <param name="Moves">Outcomes that differ from the last value.</param>
/// <param name="Hits">Of these, in the direction that was more probable.</param>
public readonly record struct HorizonRecord(
    int Steps, long Outcomes, double Error, double NaiveError, double Covered50, double Covered80, double Covered90,
    double Brier, double BaseBrier, long Moves, long Hits)
{
    /// <summary>1 − error / naive error: above 0 is better than the last value; 0 while there is none.</summary>
    public double Skill => NaiveError > 0 ? 1 - (Error / NaiveError) : 0;
}

/// <summary>Scores forecasts against what comes, beside the naive forecast, all the time.</summary>
public sealed class ForecastRecord : IStateful
{
    private const int Version = 1;
    private const int Longest = ForecastHorizons.Longest;

    private readonly Pending[] _pending = new Pending[ForecastHorizons.Count * Longest];
    private readonly Sums[] _sums = new Sums[ForecastHorizons.Count];
    private long _values;

    /// <summary>Makes one without outcomes.</summary>
    public ForecastRecord()
    {
        var counter = StateWriter.Counter;
        Write(ref counter);
        StateSize = counter.Length;
    }

    /// <inheritdoc/>
    public int StateSize { get; }

    /// <summary>The record of a horizon.</summary>
    /// <param name="horizon">0 to 3, as in <see cref="ForecastHorizons.Steps"/>.</param>
    public HorizonRecord this[int horizon] => _sums[horizon].ToRecord(ForecastHorizons.Steps[horizon]);

    /// <summary>Scores the forecasts that end at this value; before the forecasts of it are added.</summary>
    public void Score(double value)
    {
        for (var k = 0; k < ForecastHorizons.Count; k++)
        {
            var made = _values - ForecastHorizons.Steps[k];
            if (made < 0) continue;
            var pending = _pending[Slot(k, made)];
            if (pending.IsThere) _sums[k].Add(pending, value);
        }
    }

    /// <summary>Keeps the forecasts made at this value until their outcomes come.</summary>
    /// <param name="value">The last value.</param>
    /// <param name="forecasts">One a horizon; none while there are none to keep.</param>
    public void Add(double value, ReadOnlySpan<HorizonForecast> forecasts)
    {
        for (var k = 0; k < ForecastHorizons.Count; k++)
            _pending[Slot(k, _values)] = k < forecasts.Length ? new Pending(true, value, forecasts[k], _sums[k].ShareOfRises) : default;
        _values++;
    }

    /// <summary>Values change by this factor, as at a split.</summary>
    public void Rescale(double factor)
    {
        foreach (ref var pending in _pending.AsSpan())
            pending = pending.Rescaled(factor);
        foreach (ref var sums in _sums.AsSpan())
            sums = sums.Rescaled(factor);
    }

    /// <summary>Forgets what waits, since the series does not go on; the counts stay.</summary>
    public void Interrupt() => _pending.AsSpan().Clear();

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
        reader.ReadAll(_pending.AsSpan());
        reader.ReadAll(_sums.AsSpan());
        _values = reader.Read<long>();
    }

    private static int Slot(int horizon, long value) => (horizon * Longest) + (int)(value % ForecastHorizons.Steps[horizon]);

    private void Write(ref StateWriter writer)
    {
        writer.Write(Version);
        writer.WriteAll<Pending>(_pending);
        writer.WriteAll<Sums>(_sums);
        writer.Write(_values);
    }

    private readonly record struct Pending(bool IsThere, double Last, HorizonForecast Forecast, double BaseRise)
    {
        public Pending Rescaled(double factor) => this with
        {
            Last = Last * factor,
            Forecast = Forecast with
            {
                Point = Forecast.Point * factor,
                Half = Scaled(Forecast.Half, factor),
                Eighty = Scaled(Forecast.Eighty, factor),
                Ninety = Scaled(Forecast.Ninety, factor),
            },
        };

        private static PredictionInterval Scaled(PredictionInterval interval, double factor) => new(interval.Low * factor, interval.High * factor);
    }

    private struct Sums
    {
        private long _count;
        private long _half;
        private long _eighty;
        private long _ninety;
        private long _moves;
        private long _hits;
        private long _rises;
        private double _error;
        private double _naive;
        private double _brier;
        private double _base;

        public readonly double ShareOfRises => (_rises + 0.5) / (_count + 1);

        public void Add(in Pending pending, double value)
        {
            var forecast = pending.Forecast;
            _count++;
            _error += Math.Abs(value - forecast.Point);
            _naive += Math.Abs(value - pending.Last);
            _half += forecast.Half.Holds(value) ? 1 : 0;
            _eighty += forecast.Eighty.Holds(value) ? 1 : 0;
            _ninety += forecast.Ninety.Holds(value) ? 1 : 0;
            var rose = value > pending.Last;
            _rises += rose ? 1 : 0;
            if (double.IsNaN(forecast.Rise)) return;
            var outcome = rose ? 1.0 : 0.0;
            _brier += (forecast.Rise - outcome) * (forecast.Rise - outcome);
            _base += (pending.BaseRise - outcome) * (pending.BaseRise - outcome);
            if (value == pending.Last) return;
            _moves++;
            _hits += rose == forecast.Rise >= 0.5 ? 1 : 0;
        }

        public readonly Sums Rescaled(double factor) => this with { _error = _error * factor, _naive = _naive * factor };

        public readonly HorizonRecord ToRecord(int steps)
        {
            var n = Math.Max(1.0, _count);
            return new HorizonRecord(
                steps, _count, _error / n, _naive / n, _half / n, _eighty / n, _ninety / n, _brier / n, _base / n, _moves, _hits);
        }
    }
}
