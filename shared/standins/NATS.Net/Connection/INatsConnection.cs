namespace NATS.Client.Core;

public enum NatsConnectionState
{
    Closed,
    Open,
    Connecting,
    Reconnecting,
    Failed,
}

/// <summary>What most programs need of a connection.</summary>
public interface INatsClient : IAsyncDisposable
{
    INatsConnection Connection { get; }

    ValueTask ConnectAsync();

    ValueTask<TimeSpan> PingAsync(CancellationToken cancellationToken = default);

    ValueTask PublishAsync<T>(string subject, T? data, NatsHeaders? headers = null, string? replyTo = null, INatsSerialize<T>? serializer = null, NatsPubOpts? opts = null, CancellationToken cancellationToken = default);

    ValueTask PublishAsync(string subject, NatsHeaders? headers = null, string? replyTo = null, NatsPubOpts? opts = null, CancellationToken cancellationToken = default);

    IAsyncEnumerable<NatsMsg<T>> SubscribeAsync<T>(string subject, string? queueGroup = null, INatsDeserialize<T>? serializer = null, NatsSubOpts? opts = null, CancellationToken cancellationToken = default);

    ValueTask<NatsMsg<TReply>> RequestAsync<TRequest, TReply>(string subject, TRequest? data, NatsHeaders? headers = null, INatsSerialize<TRequest>? requestSerializer = null, INatsDeserialize<TReply>? replySerializer = null, NatsPubOpts? requestOpts = null, NatsSubOpts? replyOpts = null, CancellationToken cancellationToken = default);

    ValueTask<NatsMsg<TReply>> RequestAsync<TReply>(string subject, INatsDeserialize<TReply>? replySerializer = null, NatsSubOpts? replyOpts = null, CancellationToken cancellationToken = default);

    ValueTask ReconnectAsync();
}

/// <summary>A connection to a NATS server, which it finds again by itself when it is lost.</summary>
public interface INatsConnection : INatsClient
{
    INatsServerInfo? ServerInfo { get; }

    NatsOpts Opts { get; }

    NatsConnectionState ConnectionState { get; }

    Func<ValueTuple<string, int>, ValueTask<ValueTuple<string, int>>>? OnConnectingAsync { get; set; }

    event AsyncEventHandler<NatsEventArgs> ConnectionDisconnected;

    event AsyncEventHandler<NatsEventArgs> ConnectionOpened;

    event AsyncEventHandler<NatsEventArgs> ReconnectFailed;

    event AsyncEventHandler<NatsMessageDroppedEventArgs> MessageDropped;

    event AsyncEventHandler<NatsSlowConsumerEventArgs> SlowConsumerDetected;

    event AsyncEventHandler<NatsLameDuckModeActivatedEventArgs> LameDuckModeActivated;

    event AsyncEventHandler<NatsServerErrorEventArgs> ServerError;

    ValueTask PublishAsync<T>(in NatsMsg<T> msg, INatsSerialize<T>? serializer = null, NatsPubOpts? opts = null, CancellationToken cancellationToken = default);

    ValueTask<INatsSub<T>> SubscribeCoreAsync<T>(string subject, string? queueGroup = null, INatsDeserialize<T>? serializer = null, NatsSubOpts? opts = null, CancellationToken cancellationToken = default);

    string NewInbox();

    IAsyncEnumerable<NatsMsg<TReply>> RequestManyAsync<TRequest, TReply>(string subject, TRequest? data, NatsHeaders? headers = null, INatsSerialize<TRequest>? requestSerializer = null, INatsDeserialize<TReply>? replySerializer = null, NatsPubOpts? requestOpts = null, NatsSubOpts? replyOpts = null, CancellationToken cancellationToken = default);
}
