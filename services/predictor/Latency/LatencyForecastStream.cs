using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Partitions;
using SignalStream.Signal.Forecasting;

namespace SignalStream.Predictor.Latency;

/// <summary>One network target: forecasts the round-trip time of the next answers, and keeps the record. Knows no clock and no bus.</summary>
internal sealed class LatencyForecastStream(StreamId stream, int recordEvery) : IStreamWorker
{
    private const string MadeBy = "series-1";
    private const string Target = "rtt_ms";

    private readonly SeriesForecaster _forecaster = new();
    private readonly ForecastRecord _record = new();
    private uint _epoch;
    private ulong _index;
    private bool _hasReading;
    private long _answers;

    public string Version => $"latency/1 {MadeBy}";

    public Rejection? Process(in LogMessage message, ICollection<SignalEvent> outputs)
    {
        if (!ReadingCodec.TryDecode(message.Data.Span, out var reading, out var error))
            return new Rejection("NoProbeReading", error);
        if (_hasReading && (reading.Epoch < _epoch || (reading.Epoch == _epoch && reading.Index <= _index)))
            return null;
        (_epoch, _index, _hasReading) = (reading.Epoch, reading.Index, true);
        // What was lost has no round-trip time; loss is the processor's.
        if (reading.Outcome == ProbeOutcome.Answered)
            Take(reading, outputs);
        return null;
    }

    public void Tick(long logNs, ICollection<SignalEvent> outputs)
    {
        // Forecasts are of answers, whenever they come.
    }

    public void Set(string name, ReadOnlyMemory<byte> value, ICollection<SignalEvent> outputs)
    {
        // There is nothing to set.
    }

    public byte[] Save()
    {
        var state = new byte[HeadSize + _forecaster.StateSize + _record.StateSize];
        using var writer = new BinaryWriter(new MemoryStream(state));
        writer.Write(_epoch);
        writer.Write(_index);
        writer.Write(_hasReading);
        writer.Write(_answers);
        _forecaster.SaveState(state.AsSpan(HeadSize));
        _record.SaveState(state.AsSpan(HeadSize + _forecaster.StateSize));
        return state;
    }

    public void Restore(ReadOnlySpan<byte> state)
    {
        using var reader = new BinaryReader(new MemoryStream(state[..HeadSize].ToArray()));
        _epoch = reader.ReadUInt32();
        _index = reader.ReadUInt64();
        _hasReading = reader.ReadBoolean();
        _answers = reader.ReadInt64();
        _forecaster.RestoreState(state[HeadSize..]);
        _record.RestoreState(state[(HeadSize + _forecaster.StateSize)..]);
    }

    private const int HeadSize = sizeof(uint) + sizeof(ulong) + sizeof(bool) + sizeof(long);

    private void Take(ProbeReading reading, ICollection<SignalEvent> outputs)
    {
        _record.Score(reading.RttMs);
        _forecaster.Process(reading.SentNs, reading.RttMs);
        _record.Add(reading.RttMs, _forecaster.IsReady ? _forecaster.Forecasts : []);
        _answers++;
        if (!_forecaster.IsReady)
            return;
        var place = new EventPlace(stream, reading.Epoch, reading.Index, reading.SentNs);
        foreach (var forecast in _forecaster.Forecasts)
            outputs.Add(ToEvent(place, forecast));
        if (_answers % recordEvery == 0)
            outputs.Add(ToEvent(place));
    }

    /// <summary>Time is not negative, so neither is what is expected of it.</summary>
    private static ForecastEvent ToEvent(EventPlace place, in HorizonForecast f) => new(
        place, MadeBy, Target, "ms", f.Steps, Math.Max(0, f.Point), [Interval(0.5, f.Half), Interval(0.8, f.Eighty), Interval(0.9, f.Ninety)]);

    private static Messaging.ForecastInterval Interval(double level, PredictionInterval interval) =>
        new(level, Math.Max(0, interval.Low), Math.Max(0, interval.High));

    private ModelRecordEvent ToEvent(EventPlace place) => new(
        place, MadeBy, IsShown: true,
        [.. Enumerable.Range(0, ForecastHorizons.Count).Select(k => Market.MarketEvents.ToRecord(_record[k]))]);
}
