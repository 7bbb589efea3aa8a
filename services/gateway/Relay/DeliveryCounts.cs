using SignalStream.Contracts;
using SignalStream.Messaging;

namespace SignalStream.Gateway.Relay;

/// <summary>What one worker has sent since it last told the metrics: plain numbers, since a metric for each delivery costs.</summary>
internal sealed class DeliveryCounts(RelayMetrics metrics, TimeProvider time)
{
    /// <summary>Of so many deliveries of waves one is timed.</summary>
    private const int Timed = 16;

    private readonly long[] _frames = new long[(int)FrameKind.Gap + 1];
    private long _bytes;
    private int _untilTimed;

    public void Message(int bytes) => _bytes += bytes;

    public void Frame(ViewerStream stream, SharedFrame frame)
    {
        stream.CountDelivered(frame);
        _frames[(int)frame.Header.Kind]++;
        if (--_untilTimed < 0 && frame.Header.Kind == FrameKind.Samples && stream.Topic.Entry?.Speed is 1)
        {
            _untilTimed = Timed - 1;
            var made = frame.Header.TimeNs + (long)(frame.Samples * 1e9 / frame.Header.RateHz);
            metrics.Delay(TimeSpan.FromMicroseconds((EventTime.Of(time.GetUtcNow()) - made) / 1e3));
        }
    }

    public void Publish()
    {
        if (_bytes == 0)
            return;
        metrics.Sent(_bytes);
        _bytes = 0;
        for (var kind = 0; kind < _frames.Length; kind++)
        {
            if (_frames[kind] == 0)
                continue;
            metrics.Delivered((FrameKind)kind, _frames[kind]);
            _frames[kind] = 0;
        }
    }
}
