using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Partitions;
using SignalStream.Signal.Forecasting;

namespace SignalStream.Predictor.Forecasts;

/// <summary>One heart: scores the forecast that stood against the beat that came, and makes the next. Knows no clock and no bus.</summary>
internal sealed class RrStream(int windowBeats, ForecastMetrics metrics) : IStreamWorker
{
    private const string MadeBy = "rr/1";
    private const byte StateVersion = 1;

    private readonly RrForecaster _forecaster = new(windowBeats);
    private uint _epoch;
    private ulong _index;
    private double _lastRrMs;

    public string Version => $"{MadeBy} {windowBeats} {StateVersion}";

    public Rejection? Process(in LogMessage message, ICollection<SignalEvent> outputs)
    {
        if (!EventCodec.TryDecode(message.Data.Span, out var found, out var error))
            return new Rejection("NoEvent", error);
        if (found is BeatEvent beat && Process(beat) is { } forecast)
            outputs.Add(forecast);
        return null;
    }

    /// <summary>Takes the next beat of the log.</summary>
    /// <returns>What is expected of the next RR interval; null while too little is known to say how sure it is.</returns>
    public ForecastEvent? Process(BeatEvent beat)
    {
        var place = beat.Place;
        if (place.Epoch < _epoch || (place.Epoch == _epoch && place.Index <= _index))
            return null;
        if (place.Epoch != _epoch)
            _forecaster.Reset();
        var isFirst = place.Epoch != _epoch || beat.RrMs <= 0;
        (_epoch, _index) = (place.Epoch, place.Index);
        if (isFirst)
        {
            // No interval ends here: a first beat, or the first after a gap.
            _lastRrMs = 0;
            return null;
        }

        Score(beat.RrMs);
        _forecaster.Process((float)beat.RrMs);
        _lastRrMs = beat.RrMs;
        return _forecaster.Forecast() is { } forecast ? ToEvent(place, forecast) : null;
    }

    public void Tick(long logNs, ICollection<SignalEvent> outputs)
    {
    }

    public void Set(string name, ReadOnlyMemory<byte> value, ICollection<SignalEvent> outputs)
    {
    }

    public byte[] Save()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(_epoch);
        writer.Write(_index);
        writer.Write(_lastRrMs);
        var state = new byte[_forecaster.StateSize];
        _forecaster.SaveState(state);
        writer.Write(state);
        writer.Flush();
        return bytes.ToArray();
    }

    public void Restore(ReadOnlySpan<byte> state)
    {
        using var reader = new BinaryReader(new MemoryStream(state.ToArray()));
        _epoch = reader.ReadUInt32();
        _index = reader.ReadUInt64();
        _lastRrMs = reader.ReadDouble();
        _forecaster.RestoreState(reader.ReadBytes(_forecaster.StateSize));
    }

    /// <summary>Against the forecast that stood, and the naive one. A message read again is scored again.</summary>
    private void Score(double rrMs)
    {
        if (_lastRrMs <= 0 || _forecaster.Forecast() is not { } stood)
            return;
        metrics.Scored("0.5", Holds(stood.Half, rrMs));
        metrics.Scored("0.8", Holds(stood.Eighty, rrMs));
        metrics.Scored("0.9", Holds(stood.Ninety, rrMs));
        metrics.Erred(Math.Abs(rrMs - stood.PointMs), Math.Abs(rrMs - _lastRrMs));
    }

    private static bool Holds(Signal.Forecasting.ForecastInterval interval, double rrMs) =>
        rrMs >= interval.Low && rrMs <= interval.High;

    private static ForecastEvent ToEvent(EventPlace place, RrForecast forecast) => new(
        place, MadeBy, "rr_ms", "ms", 1, forecast.PointMs,
        [
            new Messaging.ForecastInterval(0.5, forecast.Half.Low, forecast.Half.High),
            new Messaging.ForecastInterval(0.8, forecast.Eighty.Low, forecast.Eighty.High),
            new Messaging.ForecastInterval(0.9, forecast.Ninety.Low, forecast.Ninety.High),
        ]);
}
