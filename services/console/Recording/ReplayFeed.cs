using System.Runtime.CompilerServices;
using SignalStream.Terminal.Events;
using SignalStream.Terminal.Gateway;

namespace SignalStream.Terminal.Recording;

/// <summary>A recording as a feed, at the pace of its event times.</summary>
/// <param name="events">In the order in which they came.</param>
/// <param name="patterns">Which streams.</param>
/// <param name="speed">1 as it was, 2 twice as fast; 0 without waiting.</param>
/// <param name="time">The clock.</param>
internal sealed class ReplayFeed(IEnumerable<StreamEvent> events, IReadOnlyList<StreamPattern> patterns, double speed, TimeProvider time)
{
    public async IAsyncEnumerable<FeedMessage> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new Connected(false);
        var start = time.GetTimestamp();
        double? firstMs = null;
        foreach (var e in events)
        {
            if (e.Kind == RecordingWriter.ConnectionKind)
            {
                yield return new ConnectionLost(e.Text("lost") ?? "", TimeSpan.Zero);
                continue;
            }

            if (!patterns.Any(p => p.Matches(e.Stream)))
                continue;
            firstMs ??= e.TimeMs;
            await UntilAsync(start, e.TimeMs - firstMs.Value, cancellationToken);
            yield return new Happened(e);
        }
    }

    private async Task UntilAsync(long start, double afterMs, CancellationToken cancellationToken)
    {
        if (speed <= 0)
            return;
        var wait = TimeSpan.FromMilliseconds(Math.Clamp(afterMs / speed, 0, int.MaxValue)) - time.GetElapsedTime(start);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, cancellationToken);
    }
}
