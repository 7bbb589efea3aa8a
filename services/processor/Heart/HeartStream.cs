using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Partitions;
using SignalStream.Messaging.Settings;
using SignalStream.Processor.States;
using SignalStream.Signal.Beats;

namespace SignalStream.Processor.Heart;

/// <summary>One ECG stream: frames, ticks and limits in; beats, heart rates, signal quality and alarms out. Knows no clock and no bus.</summary>
/// <remarks>
/// Frames that came before are passed over. Where frames are missing the ones behind wait for two seconds of the log's time,
/// since a producer resends; then the gap is told and the detector starts afresh. While no frames come, the ticks of the log
/// count the silence.
/// </remarks>
internal sealed class HeartStream(StreamId stream, HeartOptions options, HeartMetrics metrics) : IStreamWorker
{
    // Version 1 began with a rate, which is not below zero.
    private const long StateVersion = -2;

    // A frame may be late by a second or two; of a silence no more than this is believed between two ticks, since while the
    // log itself was away nobody could be heard.
    private const long SilentNs = 2_000_000_000;
    private const long MostOfTickNs = 1_500_000_000;

    // A source that is silent for so long is gone: its alarms end.
    private const long GoneNs = 600_000_000_000;

    private readonly FrameOrder _order = new();
    private HeartLimits _limits = new();
    private HeartAnalysis? _heart;
    private AlarmDesk? _alarms;
    private uint _epoch;
    private FrameClock _clock;
    private long _frameNs;
    private long _silentNs;
    private long _logNs;

    public string Version => "heart/2";

    public bool CanRestore(string version) => version == Version || version == "beats/2 heart-rate/1 1";

    public Rejection? Process(in LogMessage message, ICollection<SignalEvent> outputs)
    {
        var frame = message.Data.Span;
        if (FrameHeader.TryRead(frame, out var mark) == FrameError.None && EndMark.Is(mark, frame))
        {
            TakeEnd(message, mark, outputs);
            return null;
        }

        if (FrameCheck.Check(frame, options.Leads, out var header) is { } rejection)
            return rejection;
        if (header.Epoch < _epoch || (header.Epoch == _epoch && _heart is not null && _order.IsRepeat(header)))
        {
            metrics.Repeated();
            return null;
        }

        (_silentNs, _logNs) = (0, message.StoredNs);
        var leads = Math.Min(header.Channels(frame.Length), options.Leads);
        if (_heart is null || header.Epoch != _epoch || header.RateHz != (float)_heart.RateHz || leads != _heart.Leads)
            Begin(header, leads, outputs);
        if (header.First > _order.Next)
            _order.Wait(message.Data, header, message.StoredNs);
        else
            Take(frame, header, outputs);
        TakeWaiting(message.StoredNs, outputs);
        return null;
    }

    public void Tick(long logNs, ICollection<SignalEvent> outputs)
    {
        if (_heart is null || _alarms is null)
            return;
        TakeWaiting(logNs, outputs);
        var before = _silentNs;
        _silentNs += Math.Clamp(logNs - _logNs, 0, MostOfTickNs);
        _logNs = Math.Max(_logNs, logNs);
        var silentNs = _silentNs - _frameNs;
        if (silentNs < SilentNs || before >= GoneNs)
            return;
        var (next, silent) = ((long)_order.Next, (long)(silentNs * _heart.RateHz / 1e9));
        if (_silentNs >= GoneNs)
            _alarms.EndAll(next, "no samples for ten minutes: the source is gone", _clock, outputs);
        else
            _alarms.JudgeSilence(next, silent, _heart.RateAt(next + silent), _clock, outputs);
    }

    public void Set(string name, ReadOnlyMemory<byte> value, ICollection<SignalEvent> outputs)
    {
        if (name != HeartLimits.Setting)
            return;
        if (value.IsEmpty)
            _limits = new HeartLimits();
        else if (HeartLimits.TryParse(value.Span, out var limits, out _))
            _limits = limits;
        else
            metrics.SettingRefused();
        if (_alarms is not null)
            _alarms.Limits = _limits;
    }

    public byte[] Save()
    {
        var writer = StateBytes.Begin();
        writer.Write(_epoch);
        _order.Save(writer);
        writer.Write(_silentNs);
        writer.Write(_logNs);
        writer.Write(_heart?.Leads ?? 0);
        if (_heart is not null)
        {
            writer.Write((float)_heart.RateHz);
            writer.Write(_clock.First);
            writer.Write(_clock.TimeNs);
            writer.Write(_frameNs);
            _heart.Save(writer);
            _alarms!.Save(writer);
        }

        return ZeroRuns.Pack(writer.Written(), BitConverter.GetBytes(StateVersion));
    }

    /// <summary>The part of the state that rests on samples alone, whenever they came: what a test compares.</summary>
    internal byte[] SaveHeart()
    {
        var writer = StateBytes.Begin();
        writer.Write(_epoch);
        writer.Write(_order.Next);
        _heart?.Save(writer);
        return writer.Written().ToArray();
    }

    public void Restore(ReadOnlySpan<byte> state)
    {
        if (state.Length < sizeof(long) || BitConverter.ToInt64(state) != StateVersion)
        {
            RestoreVersion1(state);
            return;
        }

        using var reader = new BinaryReader(new MemoryStream(ZeroRuns.Unpack(state[sizeof(long)..])));
        _epoch = reader.ReadUInt32();
        _order.Restore(reader);
        _silentNs = reader.ReadInt64();
        _logNs = reader.ReadInt64();
        if (reader.ReadInt32() is not (> 0 and var leads))
            return;
        var rateHz = reader.ReadSingle();
        _clock = new FrameClock(stream, _epoch, reader.ReadUInt64(), reader.ReadInt64(), rateHz);
        _frameNs = reader.ReadInt64();
        Create(rateHz, leads);
        _heart!.Restore(reader);
        _alarms!.Restore(reader);
    }

    /// <summary>Goes on where version 1 had come to, with its heart rate; the detector starts afresh and tells no beat again.</summary>
    private void RestoreVersion1(ReadOnlySpan<byte> state)
    {
        using var reader = new BinaryReader(new MemoryStream(state.ToArray()));
        var rateHz = reader.ReadDouble();
        if (rateHz == 0)
            return;
        _epoch = reader.ReadUInt32();
        _order.Begin(reader.ReadUInt64());
        reader.ReadBytes(2 * sizeof(long));
        _order.RestoreWaiting(reader);
        var rate = new HeartRateEstimator(rateHz);
        rate.RestoreState(state[^rate.StateSize..]);
        Create(rateHz, leads: 1);
        _heart!.TakeOver(rate, (long)_order.Next);
        _alarms!.Restart((long)_order.Next);
    }

    private void Begin(in FrameHeader header, int leads, ICollection<SignalEvent> outputs)
    {
        var clock = new FrameClock(stream, header.Epoch, header.First, header.TimeNs, header.RateHz);
        if (header.Epoch == _epoch)
            _alarms?.EndAll((long)header.First, "the source changed its rate or its channels", clock, outputs);
        else
            _alarms?.EndAllAnew((long)header.First, clock, outputs);
        _epoch = header.Epoch;
        Create(header.RateHz, leads);
        _order.Begin(header.First);
        Restart(header.First);
    }

    private void Create(double rateHz, int leads)
    {
        _heart = new HeartAnalysis(rateHz, leads, options.RefractoryMs);
        _alarms = new AlarmDesk(rateHz, _limits, _alarms?.Last ?? -1);
    }

    private void Restart(ulong first)
    {
        _order.Next = first;
        _heart!.Restart((long)first);
        _alarms!.Restart((long)first);
    }

    /// <summary>Takes what has waited and now follows, or is all that will come.</summary>
    private void TakeWaiting(long logNs, ICollection<SignalEvent> outputs)
    {
        if (_order.IsLost(logNs))
            TellGap(outputs);
        while (_order.TryTake(logNs, out var frame, out var header))
        {
            if (EndMark.Is(header, frame))
                End(outputs);
            else if (!_order.IsRepeat(header))
                Take(frame, header, outputs);
        }
    }

    /// <summary>The epoch's end: at once, or when what is missing before it has come, or will not come any more.</summary>
    private void TakeEnd(in LogMessage message, in FrameHeader mark, ICollection<SignalEvent> outputs)
    {
        if (_heart is null || mark.Epoch != _epoch || mark.First < _order.Next)
        {
            metrics.Repeated();
            return;
        }

        _order.Wait(message.Data, mark, message.StoredNs);
        TakeWaiting(message.StoredNs, outputs);
    }

    /// <summary>From here on silence is no alarm.</summary>
    private void End(ICollection<SignalEvent> outputs)
    {
        _alarms!.EndAll((long)_order.Next, "the signal has ended", _clock, outputs);
        _silentNs = GoneNs;
    }

    private void TellGap(ICollection<SignalEvent> outputs)
    {
        FrameHeader.TryRead(_order.Peek(), out var header);
        var missing = header.First - _order.Next;
        var clock = new FrameClock(stream, _epoch, header.First, header.TimeNs, header.RateHz);
        outputs.Add(HeartEventsOf.Gap(clock.At((long)_order.Next), missing));
        metrics.Missing(missing);
        Restart(header.First);
    }

    /// <summary>Takes what is new in a frame that follows or overlaps.</summary>
    private void Take(ReadOnlySpan<byte> frame, in FrameHeader header, ICollection<SignalEvent> outputs)
    {
        var from = (int)(_order.Next - header.First);
        metrics.Processed(header.Count - from);
        _clock = new FrameClock(stream, _epoch, header.First, header.TimeNs, header.RateHz);
        _frameNs = (long)(header.Count * 1e9 / header.RateHz);
        _heart!.Process(FrameHeader.Values(frame), header.Count, from, _clock, _alarms!, outputs);
        _order.Next = header.First + (ulong)header.Count;
    }
}
