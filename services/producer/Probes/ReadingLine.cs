using System.Globalization;
using System.Threading.Channels;
using NATS.Client.Core;
using NATS.Client.JetStream;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;

namespace SignalStream.Producer.Probes;

/// <summary>Brings one target's readings into the log, in order and each once: the next goes when the log has the one before.</summary>
/// <remarks>
/// It never keeps a probe waiting. While the log is away ten minutes of readings at two a second are kept; then the oldest go, counted.
/// Each names the one that it comes after, so that a producer whose target is another's by now adds nothing behind that one's first.
/// </remarks>
internal sealed class ReadingLine
{
    private const int MostWaiting = 1200;
    private const int WrongLastSequence = 10071;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    private readonly StreamId _stream;
    private readonly INatsJSContext _log;
    private readonly ReadingLog _readings;
    private readonly ProbeMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly string _subject;
    private readonly Channel<ProbeReading> _waiting;
    private ulong _last;

    /// <param name="stream">The target's.</param>
    /// <param name="last">Of its last reading in the log; 0: there is none.</param>
    /// <param name="log">Where they go.</param>
    /// <param name="readings">The same, to be asked where it ends.</param>
    /// <param name="metrics">Of the producer.</param>
    /// <param name="time">Between tries.</param>
    public ReadingLine(StreamId stream, ulong last, INatsJSContext log, ReadingLog readings, ProbeMetrics metrics, TimeProvider time)
    {
        (_stream, _last, _log, _readings, _metrics, _time) = (stream, last, log, readings, metrics, time);
        _subject = Subjects.Of(SignalType.Reading, stream);
        _waiting = Channel.CreateBounded<ProbeReading>(
            new BoundedChannelOptions(MostWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true },
            _ => metrics.Dropped());
    }

    private enum Outcome
    {
        Stored,
        Again,
        Overtaken,
    }

    public void Put(ProbeReading reading) => _waiting.Writer.TryWrite(reading);

    /// <summary>No more will be put.</summary>
    public void Complete() => _waiting.Writer.TryComplete();

    /// <summary>Publishes until completed and empty, cancelled, or overtaken by another producer.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var reading in _waiting.Reader.ReadAllAsync(cancellationToken))
        {
            var outcome = Outcome.Again;
            while ((outcome = await TryPublishAsync(reading, cancellationToken)) == Outcome.Again)
                await Task.Delay(RetryAfter, _time, cancellationToken);
            if (outcome == Outcome.Stored)
            {
                _metrics.Stored();
                continue;
            }

            for (var given = 1 + _waiting.Reader.Count; given > 0; given--)
                _metrics.Dropped();
            return;
        }
    }

    private async Task<Outcome> TryPublishAsync(ProbeReading reading, CancellationToken cancellationToken)
    {
        try
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{_stream}/{reading.Epoch}/{reading.Index}");
            for (var tries = 0; tries < 3; tries++)
            {
                var options = new NatsJSPubOpts { MsgId = id, ExpectedLastSubjectSequence = _last, RetryAttempts = 1 };
                var answer = await _log.PublishAsync(_subject, ReadingCodec.Encode(reading), opts: options, cancellationToken: cancellationToken);
                if (answer.Error is null)
                {
                    _last = answer.Seq;
                    return Outcome.Stored;
                }

                if (answer.Error.ErrCode != WrongLastSequence)
                    break;
                var tail = await ReadingTail.FindAsync(_readings, _stream, cancellationToken);
                if (tail.Epoch > reading.Epoch)
                    return Outcome.Overtaken;
                _last = tail.Sequence;
                // Its acknowledgement was lost.
                if (tail.Epoch == reading.Epoch && tail.Index == reading.Index)
                    return Outcome.Stored;
            }
        }
        catch (Exception exception) when (exception is NatsException or TimeoutException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Told below.
        }

        _metrics.NotStored();
        return Outcome.Again;
    }
}
