using System.Runtime.CompilerServices;
using NATS.Client.Core;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream.Consuming;

/// <summary>A consumer that the server keeps, read by requests for messages.</summary>
internal sealed class NatsJSConsumer(NatsJSContext context, ConsumerInfo info) : INatsJSConsumer
{
    public ConsumerInfo Info { get; private set; } = info;

    /// <summary>Ends quietly when it is cancelled.</summary>
    public async IAsyncEnumerable<INatsJSMsg<T>> ConsumeAsync<T>(INatsDeserialize<T>? serializer = null, NatsJSConsumeOpts? opts = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var settings = PullSettings.For(opts ?? context.Opts.DefaultConsumeOpts);
        var time = context.Connection.Opts.Time;
        var backOff = new BackOff(time);
        while (await Retry.UntilAnsweredOrCancelledAsync(
            stop => PullSession<T>.OpenAsync(context, Info, settings, serializer, stop), -1, time, cancellationToken).ConfigureAwait(false) is { } session)
        {
            await using (session.ConfigureAwait(false))
            {
                while (await session.WaitAsync().ConfigureAwait(false))
                {
                    while (session.TryRead(out var msg))
                    {
                        backOff.Reset();
                        await session.TopUpAsync().ConfigureAwait(false);
                        yield return new NatsJSMsg<T>(msg, context, Info);
                    }

                    await session.TopUpAsync().ConfigureAwait(false);
                }

                if (session.End == SessionEnd.Closed)
                    yield break;
            }

            // A consumer that is gone must be an error here, not a silence.
            if (await Retry.UntilAnsweredOrCancelledAsync(ReadInfoAsync, -1, time, cancellationToken).ConfigureAwait(false) is not { } info)
                yield break;
            Info = info;
            if (session.End == SessionEnd.Refused)
                await backOff.PauseAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask<INatsJSMsg<T>?> NextAsync<T>(INatsDeserialize<T>? serializer = null, NatsJSNextOpts? opts = null, CancellationToken cancellationToken = default)
    {
        opts ??= context.Opts.DefaultNextOpts;
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
        Info = await ReadInfoAsync(cancellationToken).ConfigureAwait(false);

    private ValueTask<ConsumerInfo> ReadInfoAsync(CancellationToken cancellationToken) =>
        context.GetConsumerInfoAsync(Info.StreamName, Info.Name, cancellationToken);

    private async IAsyncEnumerable<INatsJSMsg<T>> OnceAsync<T>(PullSettings settings, INatsDeserialize<T>? serializer, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var session = await PullSession<T>.OpenAsync(context, Info, settings, serializer, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            var left = settings.MaxMsgs;
            while (await session.WaitAsync().ConfigureAwait(false))
            {
                while (session.TryRead(out var msg))
                {
                    yield return new NatsJSMsg<T>(msg, context, Info);
                    if (--left == 0)
                        yield break;
                }
            }

            if (session.End == SessionEnd.Refused)
                throw new NatsJSException($"The server does not serve consumer {Info.Name} of {Info.StreamName}: {session.Refusal}");
        }
    }
}

internal static class NextOpts
{
    public static NatsJSFetchOpts AsFetch(this NatsJSNextOpts opts) => new()
    {
        MaxMsgs = 1,
        Expires = opts.Expires,
        IdleHeartbeat = opts.IdleHeartbeat,
        NotificationHandler = opts.NotificationHandler,
    };
}
