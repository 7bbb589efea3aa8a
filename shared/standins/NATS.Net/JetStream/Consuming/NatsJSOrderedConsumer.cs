using System.Globalization;
using System.Runtime.CompilerServices;
using NATS.Client.Core;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream.Consuming;

/// <summary>Every message of a stream once and in order, whatever happens to connection, server or consumer.</summary>
/// <remarks>
/// The server-side consumer is a throw-away: without acknowledgements, in memory, forgotten when unused. After a gap in
/// its numbering, missed heartbeats, a reconnect, or the server's word that it is gone, a new one continues after the last
/// message that was handed out. One reader at a time.
/// </remarks>
internal sealed class NatsJSOrderedConsumer : INatsJSConsumer
{
    private readonly NatsJSContext _context;
    private readonly string _stream;
    private readonly NatsJSOrderedConsumerOpts _opts;
    private readonly OrderedPosition _position;
    private readonly string _name = $"ordered_{Guid.NewGuid():N}";
    private int _incarnation;
    private int _reading;
    private bool _isFresh;

    private NatsJSOrderedConsumer(NatsJSContext context, string stream, NatsJSOrderedConsumerOpts opts)
    {
        _context = context;
        _stream = stream;
        _opts = opts;
        _position = new OrderedPosition(opts);
    }

    public ConsumerInfo Info { get; private set; } = null!;

    /// <summary>Creates the consumer at once, so that "from now on" means this moment.</summary>
    public static async ValueTask<NatsJSOrderedConsumer> CreateAsync(NatsJSContext context, string stream, NatsJSOrderedConsumerOpts opts, CancellationToken cancellationToken)
    {
        var consumer = new NatsJSOrderedConsumer(context, stream, opts);
        await consumer.IncarnateAsync(cancellationToken).ConfigureAwait(false);
        return consumer;
    }

    public IAsyncEnumerable<INatsJSMsg<T>> ConsumeAsync<T>(INatsDeserialize<T>? serializer = null, NatsJSConsumeOpts? opts = null, CancellationToken cancellationToken = default) =>
        ReadAsync(serializer, opts, marksCatchUp: false, cancellationToken)!;

    /// <param name="serializer">The connection's if null.</param>
    /// <param name="opts">The context's if null.</param>
    /// <param name="marksCatchUp">Whether a null comes once, when everything has been delivered that there was at the start.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    internal async IAsyncEnumerable<NatsJSMsg<T>?> ReadAsync<T>(INatsDeserialize<T>? serializer, NatsJSConsumeOpts? opts, bool marksCatchUp, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var settings = PullSettings.For(opts ?? _context.Opts.DefaultConsumeOpts);
        using var reading = Enter();
        var backOff = new BackOff(_context.Connection.Opts.Time);
        while (await OpenAsync(settings, serializer, cancellationToken).ConfigureAwait(false) is { } session)
        {
            await using (session.ConfigureAwait(false))
            {
                var verdict = Verdict.Take;
                do
                {
                    while (verdict != Verdict.Gap && session.TryRead(out var msg))
                    {
                        verdict = _position.Judge(msg.ReplyTo);
                        await session.TopUpAsync().ConfigureAwait(false);
                        backOff.Reset();
                        if (verdict == Verdict.Take)
                            yield return new NatsJSMsg<T>(msg, _context, Info);
                        else
                            PullSession<T>.Drop(msg);
                    }

                    if (session.IsIdle)
                        _position.Idle();
                    if (marksCatchUp && _position.IsCaughtUp)
                    {
                        marksCatchUp = false;
                        yield return null;
                    }

                    await session.TopUpAsync().ConfigureAwait(false);
                }
                while (verdict != Verdict.Gap && await session.WaitAsync().ConfigureAwait(false));

                if (session.End == SessionEnd.Closed)
                    yield break;
            }

            if (session.End == SessionEnd.Refused)
                await backOff.PauseAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask<INatsJSMsg<T>?> NextAsync<T>(INatsDeserialize<T>? serializer = null, NatsJSNextOpts? opts = null, CancellationToken cancellationToken = default)
    {
        opts ??= _context.Opts.DefaultNextOpts;
        await foreach (var msg in FetchAsync(opts.AsFetch(), serializer, cancellationToken).ConfigureAwait(false))
            return msg;
        cancellationToken.ThrowIfCancellationRequested();
        return null;
    }

    public IAsyncEnumerable<INatsJSMsg<T>> FetchAsync<T>(NatsJSFetchOpts opts, INatsDeserialize<T>? serializer = null, CancellationToken cancellationToken = default) =>
        OnceAsync(PullSettings.For(opts, noWait: false), serializer, cancellationToken);

    public IAsyncEnumerable<INatsJSMsg<T>> FetchNoWaitAsync<T>(NatsJSFetchOpts opts, INatsDeserialize<T>? serializer = null, CancellationToken cancellationToken = default) =>
        OnceAsync(PullSettings.For(opts, noWait: true), serializer, cancellationToken);

    public async ValueTask RefreshAsync(CancellationToken cancellationToken = default) =>
        Info = await _context.GetConsumerInfoAsync(_stream, Info.Name, cancellationToken).ConfigureAwait(false);

    private async IAsyncEnumerable<INatsJSMsg<T>> OnceAsync<T>(PullSettings settings, INatsDeserialize<T>? serializer, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reading = Enter();
        if (await OpenAsync(settings, serializer, cancellationToken).ConfigureAwait(false) is not { } session)
            yield break;
        await using (session.ConfigureAwait(false))
        {
            var left = settings.MaxMsgs;
            while (await session.WaitAsync().ConfigureAwait(false))
            {
                while (session.TryRead(out var msg))
                {
                    if (_position.Judge(msg.ReplyTo) != Verdict.Take)
                    {
                        PullSession<T>.Drop(msg);
                        yield break;
                    }

                    yield return new NatsJSMsg<T>(msg, _context, Info);
                    if (--left == 0)
                        yield break;
                }
            }
        }
    }

    private Reading Enter() => Interlocked.Exchange(ref _reading, 1) == 0
        ? new Reading(this)
        : throw new NatsJSException("An ordered consumer has one reader at a time: its order would mean nothing to two.");

    private ValueTask<PullSession<T>?> OpenAsync<T>(PullSettings settings, INatsDeserialize<T>? serializer, CancellationToken cancellationToken) =>
        Retry.UntilAnsweredOrCancelledAsync(
            async stop =>
            {
                if (!_isFresh)
                    await IncarnateAsync(stop).ConfigureAwait(false);
                var session = await PullSession<T>.OpenAsync(_context, Info, settings, serializer, cancellationToken).ConfigureAwait(false);
                _isFresh = false;
                return session;
            },
            _opts.MaxResetAttempts,
            _context.Connection.Opts.Time,
            cancellationToken);

    private async ValueTask IncarnateAsync(CancellationToken cancellationToken)
    {
        Forget();
        var config = new ConsumerConfig
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"{_name}_{++_incarnation}"),
            AckPolicy = ConsumerConfigAckPolicy.None,
            ReplayPolicy = _opts.ReplayPolicy,
            HeadersOnly = _opts.HeadersOnly,
            InactiveThreshold = _opts.InactiveThreshold,
            MemStorage = true,
            NumReplicas = 1,
            FilterSubject = _opts.FilterSubjects switch
            {
                [var only] => only,
                [] when _opts.DeliverPolicy == ConsumerConfigDeliverPolicy.LastPerSubject => ">",
                _ => null,
            },
            FilterSubjects = _opts.FilterSubjects.Length > 1 ? _opts.FilterSubjects : null,
        };
        _position.Apply(config);
        Info = await _context.SendConsumerConfigAsync(_stream, config, "create", cancellationToken).ConfigureAwait(false);
        _position.Begin(Info);
        _isFresh = true;
    }

    // The server would forget it by itself after a while; asking spares it the while. Nobody waits for the answer.
    private void Forget()
    {
        _isFresh = false;
        if (Info is not null && _context.Connection.ConnectionState == NatsConnectionState.Open)
            _ = _context.Connection.PublishAsync($"{_context.Opts.Prefix}.CONSUMER.DELETE.{_stream}.{Info.Name}");
    }

    private readonly struct Reading(NatsJSOrderedConsumer consumer) : IDisposable
    {
        public void Dispose()
        {
            consumer.Forget();
            Interlocked.Exchange(ref consumer._reading, 0);
        }
    }
}
