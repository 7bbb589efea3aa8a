using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Signal.Timing;

namespace SignalStream.Processor.Heart;

/// <summary>Where the samples around a frame stand in their stream and in time.</summary>
internal readonly struct FrameClock(StreamId stream, uint epoch, ulong first, long timeNs, float rateHz)
{
    private readonly SampleClock _clock = new(timeNs, rateHz);

    public ulong First => first;

    public long TimeNs => timeNs;

    public EventPlace At(long index) => new(stream, epoch, (ulong)index, TimeOf(index));

    public long TimeOf(long index) => _clock.TimeNs(index - (long)first);
}
