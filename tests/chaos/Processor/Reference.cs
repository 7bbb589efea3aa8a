using Prometheus;
using SignalStream.Messaging;
using SignalStream.Messaging.Partitions;
using SignalStream.Processor.Heart;

namespace SignalStream.ChaosTests.Processor;

/// <summary>What one detector finds in a stream's samples in one pass, undisturbed, and its state after the last one.</summary>
internal sealed record Reference(IReadOnlyList<SignalEvent> Events, byte[] State)
{
    private const double RefractoryMs = 200;

    private static readonly HeartMetrics Uncounted = new(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()));

    public static Reference Of(Bed bed, long frames)
    {
        var heart = new HeartStream(bed.Stream, RefractoryMs, Uncounted);
        var events = new List<SignalEvent>();
        for (var frame = 1L; frame <= frames; frame++)
            Assert.Null(heart.Process(new LogMessage((ulong)frame, 0, bed.NextFrame()), events));
        return new Reference(events, heart.Save());
    }
}
