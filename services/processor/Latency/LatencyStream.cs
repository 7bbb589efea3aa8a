using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Partitions;
using SignalStream.Processor.States;
using SignalStream.Signal.Latency;

namespace SignalStream.Processor.Latency;

/// <summary>One network target: readings and ticks in; statistics, anomalies, its state and alerts out. Knows no clock and no bus.</summary>
/// <remarks>
/// A reading that came before is passed over. What is known of the target lives on from one epoch to the next: another producer
/// probes the same line. While no readings come, the ticks of the log count the silence.
/// </remarks>
internal sealed class LatencyStream(StreamId stream, LatencyOptions options, LatencyMetrics metrics) : IStreamWorker
{
    private const int StateVersion = 1;
    private const long NsPerSecond = 1_000_000_000;
    private const double NsPerMs = 1e6;

    // Silence is judged by what the readings say of themselves, and is never believed at once.
    private const long LeastSilenceNs = 5 * NsPerSecond;
    private const int ReadingsMissed = 3;
    private const long MostOfTickNs = 3 * NsPerSecond / 2;
    private const long GoneNs = 600 * NsPerSecond;

    private readonly LatencyWindows _windows = new(options.StutterMs);
    private readonly LatencyAnomalies _anomalies = new();
    private readonly TargetState _state = new();
    private readonly LineAlerts _alerts = new();
    private uint _epoch;
    private ulong _next;
    private long _lastNs;
    private long _toldSecond;
    private long _lostSinceNs;
    private long _patienceNs;
    private long _silentNs;
    private long _logNs;

    public string Version => "latency/1";

    public Rejection? Process(in LogMessage message, ICollection<SignalEvent> outputs)
    {
        if (!ReadingCodec.TryDecode(message.Data.Span, out var reading, out var error))
            return new Rejection("NotAReading", error);
        if (reading.Epoch < _epoch || (reading.Epoch == _epoch && reading.Index < _next))
        {
            metrics.Repeated();
            return null;
        }

        (_silentNs, _logNs) = (0, message.StoredNs);
        if (reading.Epoch > _epoch)
            (_epoch, _next) = (reading.Epoch, reading.Index);
        else if (reading.Index > _next)
            TellGap(reading, outputs);
        Take(reading, outputs);
        return null;
    }

    public void Tick(long logNs, ICollection<SignalEvent> outputs)
    {
        if (_epoch == 0)
            return;
        var before = _silentNs;
        _silentNs += Math.Clamp(logNs - _logNs, 0, MostOfTickNs);
        _logNs = Math.Max(_logNs, logNs);
        if (before < _patienceNs && _silentNs >= _patienceNs)
            TellSilence(outputs);
        if (before < GoneNs && _silentNs >= GoneNs)
            _alerts.EndAll("no readings for ten minutes: nobody probes it", BehindLast(), outputs);
    }

    public void Set(string name, ReadOnlyMemory<byte> value, ICollection<SignalEvent> outputs)
    {
        // It has none: limits are rules.
    }

    public byte[] Save()
    {
        var writer = StateBytes.Begin();
        writer.Write(StateVersion);
        writer.Write(_epoch);
        writer.Write(_next);
        writer.Write(_lastNs);
        writer.Write(_toldSecond);
        writer.Write(_lostSinceNs);
        writer.Write(_patienceNs);
        writer.Write(_silentNs);
        writer.Write(_logNs);
        _alerts.Save(writer);
        writer.WriteState(_state);
        writer.WriteState(_windows);
        writer.WriteState(_anomalies);
        return ZeroRuns.Pack(writer.Written());
    }

    public void Restore(ReadOnlySpan<byte> state)
    {
        using var reader = new BinaryReader(new MemoryStream(ZeroRuns.Unpack(state)));
        if (reader.ReadInt32() is var version && version != StateVersion)
            throw new ArgumentException($"The state has version {version}, this worker {StateVersion}.", nameof(state));
        _epoch = reader.ReadUInt32();
        _next = reader.ReadUInt64();
        _lastNs = reader.ReadInt64();
        _toldSecond = reader.ReadInt64();
        _lostSinceNs = reader.ReadInt64();
        _patienceNs = reader.ReadInt64();
        _silentNs = reader.ReadInt64();
        _logNs = reader.ReadInt64();
        _alerts.Restore(reader);
        reader.ReadState(_state);
        reader.ReadState(_windows);
        reader.ReadState(_anomalies);
    }

    private void Take(ProbeReading reading, ICollection<SignalEvent> outputs)
    {
        // A clock may have been set back, or another producer's be behind.
        _lastNs = Math.Max(reading.SentNs, _lastNs);
        _next = reading.Index + 1;
        _patienceNs = Math.Max(LeastSilenceNs, (long)(ReadingsMissed * (reading.IntervalMs + reading.TimeoutMs) * NsPerMs));
        var answered = reading.Outcome == ProbeOutcome.Answered;
        metrics.Processed(answered);
        Judge(answered ? (float)reading.RttMs : float.NaN, outputs);
    }

    private void Judge(float ms, ICollection<SignalEvent> outputs)
    {
        var answered = !float.IsNaN(ms);
        _lostSinceNs = answered ? 0 : _lostSinceNs == 0 ? _lastNs : _lostSinceNs;
        _windows.Add(_lastNs, ms);
        var figures = _windows.Figures(0);
        var before = _state.Condition;
        var place = new EventPlace(stream, _epoch, _next - 1, _lastNs);
        if (_state.Process(_lastNs, answered, figures))
            outputs.Add(LatencyEventsOf.State(_state.Condition, before, _lastNs, LatencyEventsOf.Reason(_state.Condition, figures), place));
        if (_anomalies.Process(_lastNs, ms, out var change))
            TellAnomaly(change, place, outputs);
        _alerts.Judge(_state.Condition, _lostSinceNs, place, outputs);
        if (_lastNs / NsPerSecond < _toldSecond + options.EverySeconds)
            return;
        _toldSecond = _lastNs / NsPerSecond;
        outputs.Add(LatencyEventsOf.Statistics(_windows, _state, place));
    }

    private void TellAnomaly(in LatencyAnomaly anomaly, EventPlace place, ICollection<SignalEvent> outputs)
    {
        if (anomaly.EndNs == 0)
            metrics.Anomaly(LatencyEventsOf.FormOf(anomaly.Kind));
        outputs.Add(LatencyEventsOf.Anomaly(anomaly, place));
    }

    private void TellGap(ProbeReading reading, ICollection<SignalEvent> outputs)
    {
        var missing = reading.Index - _next;
        metrics.Missing(missing);
        outputs.Add(LatencyEventsOf.Gap(new EventPlace(stream, _epoch, _next, _lastNs), missing));
    }

    private void TellSilence(ICollection<SignalEvent> outputs)
    {
        var before = _state.Condition;
        var nowNs = _lastNs + _silentNs;
        if (_state.Forget(nowNs))
            outputs.Add(LatencyEventsOf.State(TargetCondition.Unknown, before, nowNs, $"no readings for {_silentNs / NsPerSecond} s: nobody probes it", BehindLast()));
    }

    /// <summary>Where silence is told: the next reading's place, where no other event of these kinds can be, since they need three readings.</summary>
    private EventPlace BehindLast() => new(stream, _epoch, _next, _lastNs + _silentNs);
}
