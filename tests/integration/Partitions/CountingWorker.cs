using System.Globalization;
using System.Text;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Partitions;

namespace SignalStream.IntegrationTests.Partitions;

/// <summary>
/// Tells every third message of a stream, with the sum of all before it: any message lost, doubled or reordered shows. At a tick it
/// forecasts, into another log, what has come by then: any tick worked on elsewhere in the log shows.
/// </summary>
internal sealed class CountingWorker(StreamId stream) : IStreamWorker
{
    private long _count;
    private long _sum;
    private long _ticks;

    public string Version => "counting/2";

    public Rejection? Process(in LogMessage message, ICollection<SignalEvent> outputs)
    {
        var text = Encoding.ASCII.GetString(message.Data.Span);
        if (text == "refuse")
            return new Rejection("Refused", "the text is refuse: it must be a number.");
        if (text == "throw")
            throw new InvalidOperationException("as asked");
        _count++;
        _sum += long.Parse(text, CultureInfo.InvariantCulture) * _count;
        if (_count % 3 == 0)
            outputs.Add(Expected(stream, _count, _sum));
        return null;
    }

    public void Tick(long logNs, ICollection<SignalEvent> outputs) =>
        outputs.Add(new ForecastEvent(new EventPlace(stream, 1, (ulong)++_ticks, logNs), "counting/2", "count", "", 1, _count, []));

    public void Set(string name, ReadOnlyMemory<byte> value, ICollection<SignalEvent> outputs)
    {
    }

    public byte[] Save() => [.. BitConverter.GetBytes(_count), .. BitConverter.GetBytes(_sum), .. BitConverter.GetBytes(_ticks)];

    public void Restore(ReadOnlySpan<byte> state) =>
        (_count, _sum, _ticks) = (BitConverter.ToInt64(state), BitConverter.ToInt64(state[8..]), BitConverter.ToInt64(state[16..]));

    public static GapEvent Expected(StreamId stream, long count, long sum) =>
        new(new EventPlace(stream, 1, (ulong)count, 0), "counting/2", (ulong)sum, "");
}
