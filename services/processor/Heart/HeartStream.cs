using System.Globalization;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Partitions;
using SignalStream.Signal.Beats;
using SignalStream.Signal.Timing;

namespace SignalStream.Processor.Heart;

/// <summary>One ECG stream: frames in, its beats and heart rates out. Knows no clock and no bus.</summary>
/// <remarks>
/// The first channel is the lead that is looked at. Frames that came before are passed over. Where frames are missing the ones
/// behind wait for two seconds of the log's time, since a producer resends; then the gap is told and the detector starts afresh.
/// </remarks>
internal sealed class HeartStream(StreamId stream, double refractoryMs, HeartMetrics metrics) : IStreamWorker
{
    private const string BeatsBy = "beats/2";
    private const string RateBy = "heart-rate/1";
    private const byte StateVersion = 1;
    private const double LeastRateHz = 100;
    private const double MostRateHz = 1000;
    private const long GapAfterNs = 2_000_000_000;
    private const int MostWaiting = 256;

    private readonly SortedList<ulong, byte[]> _waiting = [];
    private BeatDetector? _detector;
    private HeartRateEstimator? _rate;
    private Beat[] _beats = [];
    private uint _epoch;
    private ulong _next;
    private ulong _nextRateAt;
    private int _rateEvery;
    private long _gapSinceNs;

    public string Version => $"{BeatsBy} {RateBy} {StateVersion}";

    public Rejection? Process(in LogMessage message, ICollection<SignalEvent> outputs)
    {
        if (Check(message.Data.Span, out var header) is { } rejection)
            return rejection;
        if (IsRepeat(header))
        {
            metrics.Repeated();
            return null;
        }

        if (_detector is null || header.Epoch != _epoch || header.RateHz != (float)_detector.RateHz)
            Begin(header);
        if (header.First > _next)
            Wait(message, header, outputs);
        else
            Take(message.Data.Span, header, outputs);
        TakeWaiting(message.StoredNs, outputs);
        return null;
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
        writer.Write(_detector?.RateHz ?? 0);
        writer.Write(_epoch);
        writer.Write(_next);
        writer.Write(_nextRateAt);
        writer.Write(_gapSinceNs);
        writer.Write(_waiting.Count);
        foreach (var frame in _waiting.Values)
        {
            writer.Write(frame.Length);
            writer.Write(frame);
        }

        if (_detector is not null)
        {
            writer.Write(StateOf(_detector));
            writer.Write(StateOf(_rate!));
        }

        writer.Flush();
        return bytes.ToArray();
    }

    public void Restore(ReadOnlySpan<byte> state)
    {
        using var reader = new BinaryReader(new MemoryStream(state.ToArray()));
        var rateHz = reader.ReadDouble();
        _epoch = reader.ReadUInt32();
        _next = reader.ReadUInt64();
        _nextRateAt = reader.ReadUInt64();
        _gapSinceNs = reader.ReadInt64();
        for (var waiting = reader.ReadInt32(); waiting > 0; waiting--)
        {
            var frame = reader.ReadBytes(reader.ReadInt32());
            if (FrameHeader.TryRead(frame, out var header) == FrameError.None)
                _waiting[header.First] = frame;
        }

        if (rateHz == 0)
            return;
        Create(rateHz);
        _detector!.RestoreState(reader.ReadBytes(_detector.StateSize));
        _rate!.RestoreState(reader.ReadBytes(_rate.StateSize));
    }

    private static byte[] StateOf(Signal.State.IStateful part)
    {
        var state = new byte[part.StateSize];
        part.SaveState(state);
        return state;
    }

    private static Rejection? Check(ReadOnlySpan<byte> frame, out FrameHeader header)
    {
        var error = FrameHeader.TryRead(frame, out header);
        if (error != FrameError.None)
            return new Rejection(error.ToString(), error.Describe(frame));
        if (header.Kind != FrameKind.Samples)
            return new Rejection("NotSamples", $"a frame of kind {header.Kind}: only samples come on the bus.");
        if (header.RateHz is < (float)LeastRateHz or > (float)MostRateHz)
            return new Rejection("RateOutOfRange", Text($"rate {header.RateHz} Hz: the detector takes {LeastRateHz} to {MostRateHz}."));
        if (header.First > long.MaxValue)
            return new Rejection("FirstOutOfRange", Text($"first {header.First}: it must be at most {long.MaxValue}."));
        var lead = Lead(frame, header);
        for (var i = 0; i < lead.Length; i++)
        {
            if (!float.IsFinite(lead[i]))
                return new Rejection("NotFinite", Text($"sample {header.First + (ulong)i} is {lead[i]}: samples must be finite."));
        }

        return null;
    }

    private static ReadOnlySpan<float> Lead(ReadOnlySpan<byte> frame, in FrameHeader header) => FrameHeader.Values(frame)[..header.Count];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private bool IsRepeat(in FrameHeader header) =>
        header.Epoch < _epoch || (header.Epoch == _epoch && _detector is not null && header.First + (ulong)header.Count <= _next);

    private void Begin(in FrameHeader header)
    {
        _epoch = header.Epoch;
        _waiting.Clear();
        _gapSinceNs = 0;
        Create(header.RateHz);
        Restart(header.First);
    }

    private void Create(double rateHz)
    {
        _detector = new BeatDetector(rateHz, new BeatDetectorOptions { RefractoryMs = refractoryMs });
        _rate = new HeartRateEstimator(rateHz);
        _rateEvery = (int)Math.Round(rateHz);
    }

    private void Restart(ulong first)
    {
        _detector!.Reset((long)first);
        _rate!.Reset();
        _next = first;
        _nextRateAt = (first / (ulong)_rateEvery + 1) * (ulong)_rateEvery;
    }

    private void Wait(in LogMessage message, in FrameHeader header, ICollection<SignalEvent> outputs)
    {
        if (_gapSinceNs == 0)
            _gapSinceNs = message.StoredNs;
        _waiting[header.First] = message.Data.ToArray();
        if (message.StoredNs - _gapSinceNs >= GapAfterNs || _waiting.Count > MostWaiting)
            TellGap(outputs);
    }

    private void TellGap(ICollection<SignalEvent> outputs)
    {
        FrameHeader.TryRead(_waiting.Values[0], out var header);
        var missing = header.First - _next;
        var clock = new SampleClock(header.TimeNs, header.RateHz);
        outputs.Add(new GapEvent(Place(_next, header, clock), BeatsBy, missing, "not in the log"));
        metrics.Missing(missing);
        Restart(header.First);
    }

    /// <summary>Takes what has waited and now follows.</summary>
    private void TakeWaiting(long storedNs, ICollection<SignalEvent> outputs)
    {
        while (_waiting.Count > 0 && _waiting.Keys[0] <= _next)
        {
            var frame = _waiting.Values[0];
            _waiting.RemoveAt(0);
            FrameHeader.TryRead(frame, out var header);
            if (!IsRepeat(header))
                Take(frame, header, outputs);
            _gapSinceNs = storedNs;
        }

        if (_waiting.Count == 0)
            _gapSinceNs = 0;
    }

    /// <summary>Takes what is new in a frame that follows or overlaps.</summary>
    private void Take(ReadOnlySpan<byte> frame, in FrameHeader header, ICollection<SignalEvent> outputs)
    {
        var samples = Lead(frame, header)[(int)(_next - header.First)..];
        metrics.Processed(samples.Length);
        var clock = new SampleClock(header.TimeNs, header.RateHz);
        while (samples.Length > 0)
        {
            // Up to the next whole second, so that a heart rate knows exactly the beats decided before it.
            var take = (int)Math.Min((ulong)samples.Length, _nextRateAt - _next);
            foreach (var beat in Beats(samples[..take]))
            {
                _rate!.Process(beat);
                outputs.Add(ToEvent(beat, Place((ulong)beat.Sample, header, clock)));
            }

            samples = samples[take..];
            _next += (ulong)take;
            if (_next == _nextRateAt)
            {
                outputs.Add(ToEvent(_rate!.At((long)_next), Place(_next, header, clock)));
                _nextRateAt += (ulong)_rateEvery;
            }
        }
    }

    private ReadOnlySpan<Beat> Beats(ReadOnlySpan<float> samples)
    {
        var room = _detector!.MaxBeats(samples.Length);
        if (_beats.Length < room)
            _beats = new Beat[room];
        return _beats.AsSpan(0, _detector.Process(samples, _beats));
    }

    private EventPlace Place(ulong index, in FrameHeader header, SampleClock clock) =>
        new(stream, _epoch, index, clock.TimeNs((long)index - (long)header.First));

    private static BeatEvent ToEvent(in Beat beat, EventPlace place) => new(
        place, BeatsBy, beat.RrMs, beat.AmplitudeMv, beat.QrsMs, beat.Confidence, beat.Class switch
        {
            BeatClass.Normal => BeatKind.Normal,
            BeatClass.VentricularLike => BeatKind.VentricularLike,
            BeatClass.Paused => BeatKind.Paused,
            _ => BeatKind.Unknown,
        });

    private static HeartRateEvent ToEvent(in HeartRate rate, EventPlace place) => rate.AverageBpm is { } bpm
        ? new HeartRateEvent(place, RateBy, bpm, rate.InstantBpm ?? 0, rate.Intervals, rate.Confidence, null)
        : new HeartRateEvent(place, RateBy, 0, 0, rate.Intervals, rate.Confidence, rate.Status switch
        {
            HeartRateStatus.TooFewBeats => "too few beats yet",
            HeartRateStatus.Stale => "no beat for a while",
            HeartRateStatus.PoorSignal => "poor signal",
            _ => rate.Status.ToString(),
        });
}
