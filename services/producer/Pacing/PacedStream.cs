using System.Runtime.InteropServices;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Catalog;
using SignalStream.Signal.Timing;

namespace SignalStream.Producer.Pacing;

/// <summary>One stream on the pacer: its source, its place, the frame it fills.</summary>
internal sealed class PacedStream : IDisposable
{
    private readonly IWaveSource _source;
    private readonly SampleClock _eventTime;
    private readonly byte[] _frame;
    private readonly float[] _values;
    private readonly int _channels;
    private readonly long _phaseNs;
    private ulong _next;
    private long _scheduled;

    /// <summary>Starts at sample 0 of the epoch.</summary>
    /// <param name="source">Where the samples come from; disposed with the stream.</param>
    /// <param name="epoch">Of all its frames.</param>
    /// <param name="startNs">Event time of sample 0, ns since the Unix epoch.</param>
    /// <param name="phaseNs">Its first frame is due so much later than the pacer's start, so that not all come at once.</param>
    public PacedStream(IWaveSource source, uint epoch, long startNs, long phaseNs)
    {
        _source = source;
        _phaseNs = phaseNs;
        Entry = source.Entry with { Epoch = epoch, EpochStartNs = startNs + phaseNs, Life = Life.Live, LifeSinceNs = startNs };
        Subject = Subjects.Of(SignalType.Wave, Entry.Stream);
        _channels = Entry.Channels.Count;
        _eventTime = new SampleClock(Entry.EpochStartNs, Entry.RateHz);
        _values = new float[_channels * source.BatchSamples];
        _frame = new byte[FrameHeader.Size + _values.Length * sizeof(float)];
    }

    public CatalogEntry Entry { get; }

    public string Subject { get; }

    /// <summary>When the next frame is due, ns after the pacer's start: when its last sample is.</summary>
    public long DueNs => _phaseNs + _source.Schedule.DueNs(_scheduled + _source.BatchSamples - 1);

    /// <summary>Fills the next frame; empty at the source's end.</summary>
    /// <param name="samples">How many samples a channel it carries.</param>
    public ReadOnlyMemory<byte> NextFrame(out int samples)
    {
        samples = _source.Read(_values, _source.BatchSamples);
        if (samples == 0)
            return default;
        var header = new FrameHeader(
            FrameKind.Samples, 0, samples, 0, Entry.Epoch, (float)Entry.RateHz, _next, _eventTime.TimeNs((long)_next));
        header.Write(_frame);
        var values = _values.AsSpan(0, _channels * samples);
        MemoryMarshal.AsBytes(values).CopyTo(_frame.AsSpan(FrameHeader.Size));
        _next += (ulong)samples;
        _scheduled += samples;
        return _frame.AsMemory(0, FrameHeader.Size + values.Length * sizeof(float));
    }

    /// <summary>What follows the last frame when no more will come.</summary>
    public byte[] End() => EndMark.Make(Entry.Epoch, (float)Entry.RateHz, _next, _eventTime.TimeNs((long)_next));

    /// <summary>Leaves out what is due before a moment: a gap in the stream, instead of a flood of old frames.</summary>
    /// <returns>Samples left out.</returns>
    public long SkipUntil(long ns)
    {
        var from = _scheduled;
        while (DueNs < ns)
            _scheduled += _source.BatchSamples;
        _next += (ulong)(_scheduled - from);
        return _scheduled - from;
    }

    public void Dispose() => _source.Dispose();
}
