using System.Globalization;
using System.Threading.Channels;
using NATS.Client.Core;
using NATS.Client.JetStream;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;

namespace SignalStream.Producer.Probes;

/// <summary>Brings one target's readings into the log, in order and each once: the next goes when the log has the one before.</summary>
/// <remarks>It never keeps a probe waiting. While the log is away ten minutes of readings at two a second are kept; then the oldest go, counted.</remarks>
internal sealed class ReadingLine
{
    private const int MostWaiting = 1200;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    private readonly StreamId _stream;
    private readonly INatsJSContext _log;
    private readonly ProbeMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly string _subject;
    private readonly Channel<ProbeReading> _waiting;

    public ReadingLine(StreamId stream, INatsJSContext log, ProbeMetrics metrics, TimeProvider time)
    {
        (_stream, _log, _metrics, _time) = (stream, log, metrics, time);
        _subject = Subjects.Of(SignalType.Reading, stream);
        _waiting = Channel.CreateBounded<ProbeReading>(
            new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true },
            _ => metrics.Dropped());
    }

    public void Put(ProbeReading reading) => _waiting.Writer.TryWrite(reading);

    /// <summary>No more will be put.</summary>
    public void Complete() => _waiting.Writer.TryComplete();

    /// <summary>Publishes until completed and empty, or cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var reading in _waiting.Reader.ReadAllAsync(cancellationToken))
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{_stream}/{reading.Epoch}/{reading.Index}");
            while (!await TryPublishAsync(ReadingCodec.Encode(reading), id, cancellationToken))
                await Task.Delay(RetryAfter, _time, cancellationToken);
            _metrics.Stored();
        }
    }

    private async Task<bool> TryPublishAsync(byte[] reading, string id, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _log.PublishAsync(_subject, reading, opts: new NatsJSPubOpts { MsgId = id }, cancellationToken: cancellationToken);
            return answer.Error is null;
        }
        catch (Exception exception) when (exception is NatsException or TimeoutException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            _metrics.NotStored();
            return false;
        }
    }
}
