using System.Threading.Channels;
using NATS.Client.Core;

namespace NATS.Net;

/// <summary>A connection with the defaults of most programs: JSON for what is neither bytes nor text, nothing dropped early.</summary>
public class NatsClient : INatsClient
{
    private readonly NatsConnection _connection;

    public NatsClient(string url = "nats://localhost:4222", string name = "NATS .NET Client", string? credsFile = null)
        : this(new NatsOpts { Url = url, Name = name, AuthOpts = new NatsAuthOpts { CredsFile = credsFile } })
    {
    }

    public NatsClient(NatsOpts opts, BoundedChannelFullMode pending = BoundedChannelFullMode.Wait)
    {
        var registry = opts.SerializerRegistry is NatsDefaultSerializerRegistry
            ? NatsClientDefaultSerializerRegistry.Default
            : opts.SerializerRegistry;
        _connection = new NatsConnection(opts with { SerializerRegistry = registry, SubPendingChannelFullMode = pending });
    }

    public INatsConnection Connection => _connection;

    public ValueTask ConnectAsync() => _connection.ConnectAsync();

    public ValueTask<TimeSpan> PingAsync(CancellationToken cancellationToken = default) => _connection.PingAsync(cancellationToken);

    // The package declares the data of this one method without the question mark that its interface has.
#pragma warning disable CS8767
    public ValueTask PublishAsync<T>(string subject, T data, NatsHeaders? headers = null, string? replyTo = null, INatsSerialize<T>? serializer = null, NatsPubOpts? opts = null, CancellationToken cancellationToken = default) =>
        _connection.PublishAsync(subject, data, headers, replyTo, serializer, opts, cancellationToken);
#pragma warning restore CS8767

    public ValueTask PublishAsync(string subject, NatsHeaders? headers = null, string? replyTo = null, NatsPubOpts? opts = null, CancellationToken cancellationToken = default) =>
        _connection.PublishAsync(subject, headers, replyTo, opts, cancellationToken);

    public IAsyncEnumerable<NatsMsg<T>> SubscribeAsync<T>(string subject, string? queueGroup = null, INatsDeserialize<T>? serializer = null, NatsSubOpts? opts = null, CancellationToken cancellationToken = default) =>
        _connection.SubscribeAsync(subject, queueGroup, serializer, opts, cancellationToken);

    public ValueTask<NatsMsg<TReply>> RequestAsync<TRequest, TReply>(string subject, TRequest? data, NatsHeaders? headers = null, INatsSerialize<TRequest>? requestSerializer = null, INatsDeserialize<TReply>? replySerializer = null, NatsPubOpts? requestOpts = null, NatsSubOpts? replyOpts = null, CancellationToken cancellationToken = default) =>
        _connection.RequestAsync(subject, data, headers, requestSerializer, replySerializer, requestOpts, replyOpts, cancellationToken);

    public ValueTask<NatsMsg<TReply>> RequestAsync<TReply>(string subject, INatsDeserialize<TReply>? replySerializer = null, NatsSubOpts? replyOpts = null, CancellationToken cancellationToken = default) =>
        _connection.RequestAsync(subject, replySerializer, replyOpts, cancellationToken);

    public ValueTask ReconnectAsync() => _connection.ReconnectAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return _connection.DisposeAsync();
    }
}
