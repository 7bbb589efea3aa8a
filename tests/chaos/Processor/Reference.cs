using Prometheus;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Partitions;
using SignalStream.Processor.Heart;

namespace SignalStream.ChaosTests.Processor;

/// <summary>What one detector finds in a stream's samples in one pass, undisturbed, and its state after the last one.</summary>
/// <remarks>Without alarms: they also rest on when frames came, which is what the faults disturb.</remarks>
internal sealed record Reference(IReadOnlyList<SignalEvent> Events, byte[] State)
{
    private static readonly HeartMetrics Uncounted = new(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()));

    public static Reference Of(Bed bed, long frames)
    {
        var heart = New(bed.Stream);
        var events = new List<SignalEvent>();
        for (var frame = 1L; frame <= frames; frame++)
            Assert.Null(heart.Process(new LogMessage((ulong)frame, 0, bed.NextFrame()), events));
        return new Reference([.. events.Where(e => e.Type == SignalType.Finding)], heart.SaveHeart());
    }

    /// <summary>Whether a checkpoint's state of the stream is that of the one pass.</summary>
    public bool IsState(StreamId stream, SavedState? saved)
    {
        if (saved is null)
            return false;
        var heart = New(stream);
        heart.Restore(saved.State);
        return heart.SaveHeart().AsSpan().SequenceEqual(State);
    }

    private static HeartStream New(StreamId stream) => new(stream, new HeartOptions(), Uncounted);
}
