using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Partitions;
using SignalStream.Messaging.Settings;
using SignalStream.Signal.Forecasting;
using SignalStream.Signal.Indicators;

namespace SignalStream.Predictor.Market;

/// <summary>One symbol: every model forecasts each bar and is scored, one model's forecasts are told. Knows no clock and no bus.</summary>
internal sealed class MarketStream(StreamId stream, MarketOptions options, MarketMetrics metrics) : IStreamWorker
{
    private const byte StateVersion = 1;

    private readonly ModelRun[] _runs = [.. PriceModel.All.Select(model => new ModelRun(model))];
    private uint _epoch;
    private ulong _index;
    private bool _hasBar;
    private long _timeNs;
    private string _shown = options.Model;

    public string Version => $"market/{StateVersion} {string.Join(' ', PriceModel.All.Select(m => m.Name))}";

    public Rejection? Process(in LogMessage message, ICollection<SignalEvent> outputs)
    {
        if (!PriceCodec.TryDecode(message.Data.Span, out var reading, out var error))
            return new Rejection("NoPriceBar", error);
        var bar = new PriceBar(
            reading.TimeNs, reading.Open, reading.High, reading.Low, reading.Close, reading.Volume, reading.Split);
        if (bar.Fault() is { } fault)
            return new Rejection("BadPrice", fault);
        if (IsRepeat(reading))
        {
            metrics.Repeated();
            return null;
        }

        if (reading.Epoch == _epoch && reading.TimeNs <= _timeNs)
            return new Rejection("OutOfOrder", $"bar at {reading.TimeNs} ns after one at {_timeNs} ns: time must rise within an epoch.");
        Begin(reading);
        Take(reading, bar, outputs);
        return null;
    }

    public void Tick(long logNs, ICollection<SignalEvent> outputs)
    {
        // Forecasts are of bars, whenever they come.
    }

    public void Set(string name, ReadOnlyMemory<byte> value, ICollection<SignalEvent> outputs)
    {
        if (name != MarketSettings.Setting)
            return;
        // What somebody wrote and what is no model here counts for nothing.
        var known = MarketSettings.TryParse(value.Span, out var settings, out _) ? PriceModel.Find(settings.Model) : null;
        _shown = known?.Name ?? options.Model;
    }

    public byte[] Save()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(_epoch);
        writer.Write(_index);
        writer.Write(_hasBar);
        writer.Write(_timeNs);
        foreach (var run in _runs)
            run.Save(writer);
        writer.Flush();
        return bytes.ToArray();
    }

    public void Restore(ReadOnlySpan<byte> state)
    {
        using var reader = new BinaryReader(new MemoryStream(state.ToArray()));
        _epoch = reader.ReadUInt32();
        _index = reader.ReadUInt64();
        _hasBar = reader.ReadBoolean();
        _timeNs = reader.ReadInt64();
        foreach (var run in _runs)
            run.Restore(reader);
    }

    private bool IsRepeat(PriceReading reading) =>
        _hasBar && (reading.Epoch < _epoch || (reading.Epoch == _epoch && reading.Index <= _index));

    /// <summary>A new epoch goes on where the last one ended, unless time went back or nothing real is behind it.</summary>
    private void Begin(PriceReading reading)
    {
        if (_hasBar && reading.Epoch != _epoch && (reading.IsSimulated || reading.TimeNs <= _timeNs))
        {
            foreach (var run in _runs)
                run.Restart();
        }

        (_epoch, _index, _timeNs, _hasBar) = (reading.Epoch, reading.Index, reading.TimeNs, true);
    }

    private void Take(PriceReading reading, in PriceBar bar, ICollection<SignalEvent> outputs)
    {
        var place = new EventPlace(stream, reading.Epoch, reading.Index, reading.TimeNs);
        foreach (var run in _runs)
        {
            run.Process(bar);
            if (!run.Forecaster.IsReady)
                continue;
            var isShown = run.Forecaster.Model.Name == _shown;
            if (isShown)
                outputs.Add(MarketEvents.Outlook(place, reading, run.Forecaster));
            if (reading.Index % (ulong)options.RecordEvery == 0)
                outputs.Add(MarketEvents.Record(place, run, isShown));
        }

        metrics.Worked();
    }
}
