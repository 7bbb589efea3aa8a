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
internal sealed class CountingWorker(StreamId stream, int ballast = 0) : IStreamWorker
{
    private long _count;
    private long _sum;
    private long _ticks;
    private long _sets;
    private long _factor = 1;

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
        outputs.Add(new ForecastEvent(new EventPlace(stream, 1, (ulong)++_ticks, logNs), "counting/2", "count", "", 1, _count * _factor, []));

    /// <summary>From here on what is told at a tick is so many times as much.</summary>
    public void Set(string name, ReadOnlyMemory<byte> value, ICollection<SignalEvent> outputs)
    {
        _factor = value.IsEmpty ? 1 : long.Parse(Encoding.UTF8.GetString(value.Span), CultureInfo.InvariantCulture);
        outputs.Add(new ForecastEvent(new EventPlace(stream, 1, (ulong)++_sets, 0), "counting/2", "set", "", 1, _factor, []));
    }

    public byte[] Save() =>
        [.. new[] { _count, _sum, _ticks, _sets, _factor }.SelectMany(BitConverter.GetBytes), .. new byte[ballast]];

    public void Restore(ReadOnlySpan<byte> state)
    {
        if (state.Length != 40 + ballast)
            throw new ArgumentException($"{state.Length} bytes.", nameof(state));
        (_count, _sum, _ticks) = (BitConverter.ToInt64(state), BitConverter.ToInt64(state[8..]), BitConverter.ToInt64(state[16..]));
        (_sets, _factor) = (BitConverter.ToInt64(state[24..]), BitConverter.ToInt64(state[32..]));
    }

    public static GapEvent Expected(StreamId stream, long count, long sum) =>
        new(new EventPlace(stream, 1, (ulong)count, 0), "counting/2", (ulong)sum, "");
}
