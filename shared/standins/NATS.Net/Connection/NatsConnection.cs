using Microsoft.Extensions.Logging;
using NATS.Client.Core.Protocol;

namespace NATS.Client.Core;

/// <summary>A connection to a NATS server, which it finds again by itself when it is lost.</summary>
/// <remarks>
/// While disconnected, publishes are kept up to 8 MiB and then refused. No message and no subscription ever makes the
/// connection wait: each subscription has its own bounds (<see cref="NatsSubBase"/>).
/// </remarks>
public partial class NatsConnection : INatsConnection
{
    private readonly Lock _gate = new();
    private readonly ILogger _log;
    private readonly CommandWriter _writer;
    private readonly SubscriptionTable _subscriptions = new();
    private readonly EventPump _events;
    private readonly CancellationTokenSource _disposal = new();
    private volatile NatsConnectionState _state;
    private volatile Session? _session;
    private volatile Exception? _failure;
    private Task? _opened;
    private Task _running = Task.CompletedTask;
    private Task _leaving = Task.CompletedTask;
    private bool _disposed;

    public NatsConnection()
        : this(NatsOpts.Default)
    {
    }

    public NatsConnection(NatsOpts opts)
    {
        Opts = opts;
        _log = opts.LoggerFactory.CreateLogger("NATS.Client.Core.NatsConnection");
        _writer = new(Math.Max(4096, opts.WriterBufferSize), opts.Time);
        _events = new(_log.HandlerFailed);
        _plainSerializers = opts.SerializerRegistry is NatsDefaultSerializerRegistry or NATS.Net.NatsClientDefaultSerializerRegistry;
        ReceiveBuffers = new(Math.Max(4096, opts.ReaderBufferSize));
        _inbox = new(this, NewInbox());
    }

    public event AsyncEventHandler<NatsEventArgs>? ConnectionDisconnected;

    public event AsyncEventHandler<NatsEventArgs>? ConnectionOpened;

    public event AsyncEventHandler<NatsEventArgs>? ReconnectFailed;

    public event AsyncEventHandler<NatsMessageDroppedEventArgs>? MessageDropped;

    public event AsyncEventHandler<NatsSlowConsumerEventArgs>? SlowConsumerDetected;

    public event AsyncEventHandler<NatsLameDuckModeActivatedEventArgs>? LameDuckModeActivated;

    public event AsyncEventHandler<NatsServerErrorEventArgs>? ServerError;

    public INatsConnection Connection => this;

    public NatsOpts Opts { get; }

    public NatsConnectionState ConnectionState => _state;

    public INatsServerInfo? ServerInfo => _info;

    public Func<ValueTuple<string, int>, ValueTask<ValueTuple<string, int>>>? OnConnectingAsync { get; set; }

    internal TimeProvider Time => Opts.Time;

    internal ReceiveBufferPool ReceiveBuffers { get; }

    /// <summary>Publishes no more, lets the server take what was published, and leaves nothing behind.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        GC.SuppressFinalize(this);
        await DrainAsync().ConfigureAwait(false);
        _writer.Accept(false);
        await _disposal.CancelAsync().ConfigureAwait(false);
        if (_opened is { } opened)
            await opened.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _running.ConfigureAwait(false);
        await _leaving.ConfigureAwait(false);
        await _writer.DetachAsync().ConfigureAwait(false);
        _writer.Dispose();
        EndSubscriptions(null);
        _state = NatsConnectionState.Closed;

        // A handler that disposes the connection, or never returns, must not be waited for any longer than this.
        await _events.DisposeAsync().AsTask().WaitAsync(Opts.CommandTimeout, Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _disposal.Dispose();
    }

    /// <summary>A PING behind all that was published: its PONG says that the server has it.</summary>
    private async Task DrainAsync()
    {
        if (_session is not { } session || _state != NatsConnectionState.Open)
            return;
        if (Opts.DrainSubscriptionsOnDispose)
        {
            foreach (var subscription in _subscriptions.All())
                _writer.Append(ClientCommands.Unsubscribe(subscription.Sid));
        }

        try
        {
            await PingAsync(session).WaitAsync(Opts.DrainPingTimeout, Time).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or NatsException)
        {
            // The server is gone or does not answer: there is nothing more to wait for.
        }
    }

    private void EndSubscriptions(Exception? error)
    {
        foreach (var subscription in _subscriptions.All())
        {
            _subscriptions.Remove(subscription);
            subscription.End(error);
        }
    }

    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    /// <exception cref="NatsConnectionFailedException">It has given up.</exception>
    private void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_failure is { } failure)
            throw new NatsConnectionFailedException($"The connection has given up: {failure.Message}");
    }
}
