using NATS.Client.Core.Protocol;

namespace NATS.Client.Core;

public partial class NatsConnection
{
    private volatile ServerInfo? _info;
    private ServerPool? _servers;
    private string? _lastAuthError;

    /// <summary>Connects, unless it already is; waits until the server has taken it.</summary>
    public async ValueTask ConnectAsync()
    {
        if (_state != NatsConnectionState.Open)
            await StartConnecting().ConfigureAwait(false);
    }

    /// <summary>Leaves the server and connects again, to the next one where there are several.</summary>
    public ValueTask ReconnectAsync()
    {
        _session?.Abandon(new NatsException("A reconnection was asked for."));
        return default;
    }

    private Task StartConnecting()
    {
        lock (_gate)
        {
            ThrowIfUnusable();
            if (_opened is not null)
                return _opened;
            if (Opts.AuthOpts.NeedsSignature)
                throw new NotSupportedException("NKey, JWT and credentials files need Ed25519: use the package NATS.Net (2.8.2) in place of this client.");
            _servers = new ServerPool(Opts);
            _state = NatsConnectionState.Connecting;
            _writer.Accept(Opts.RetryOnInitialConnect);
            return _opened = Task.Run(OpenAsync);
        }
    }

    private async Task OpenAsync()
    {
        try
        {
            var session = await FirstSessionAsync().ConfigureAwait(false);
            _writer.Accept(true);
            Begin(session);
            _running = Task.Run(() => RunAsync(session));
        }
        catch (Exception)
        {
            lock (_gate)
            {
                // The next call tries again, unless the connection has given up for good.
                _writer.Accept(false);
                _opened = null;
                _state = _failure is null ? NatsConnectionState.Closed : NatsConnectionState.Failed;
            }

            throw;
        }
    }

    private async Task<Session> FirstSessionAsync()
    {
        if (Opts.RetryOnInitialConnect)
        {
            return await FindServerAsync(pauseFirst: false).ConfigureAwait(false)
                ?? throw new NatsConnectionFailedException($"The connection has given up: {_failure?.Message}");
        }

        var (session, error) = await TryServersAsync().ConfigureAwait(false);
        return session ?? throw new NatsException($"Can not connect to {Opts.Url}: {error!.Message}", error);
    }

    /// <summary>From one session to the next until the connection is disposed or gives up.</summary>
    private async Task RunAsync(Session? session)
    {
        while (session is not null)
        {
            var why = await UseAsync(session).ConfigureAwait(false);
            if (_disposal.IsCancellationRequested)
                return;
            _log.Disconnected(session.Server.ToString(), why.Message);
            _servers!.MoveToEnd(session.Server);
            var brief = session.Abandoned is null && Time.GetElapsedTime(session.OpenedAt) < Opts.ReconnectWaitMin;
            session = await FindServerAsync(pauseFirst: brief).ConfigureAwait(false);
            if (session is not null)
                Begin(session);
        }
    }

    private void Begin(Session session)
    {
        _info = session.Info;
        _session = session;
        _lastAuthError = null;
        Learn(session);
        _writer.Attach(session.Transport, OpeningCommands);
        _state = NatsConnectionState.Open;
        _log.Connected(session.Server.ToString());
        _events.Raise(ConnectionOpened, this, new NatsEventArgs(session.Server.ToString()));
    }

    /// <summary>Reads until the session ends, and returns why it did.</summary>
    private async Task<Exception> UseAsync(Session session)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_disposal.Token);
        await using var disposal = _disposal.Token.UnsafeRegister(
            static s => ((Session)s!).Abandon(new ObjectDisposedException(nameof(NatsConnection))), session).ConfigureAwait(false);
        var keepAlive = KeepAliveAsync(session, ending.Token);
        Exception why;
        try
        {
            await ReadAsync(session).ConfigureAwait(false);
            why = new IOException("The server closed the connection.");
        }
        catch (Exception e)
        {
            why = session.Abandoned ?? e;
        }

        // Only once publishes are kept again may anybody be told that there is no connection.
        var givenUp = _writer.GivenUp;
        await _writer.DetachAsync().ConfigureAwait(false);
        if (_writer.GivenUp > givenUp)
            _log.MessageGivenUp();
        _state = NatsConnectionState.Reconnecting;
        _session = null;
        session.Pings.Close();
        await ending.CancelAsync().ConfigureAwait(false);
        await keepAlive.ConfigureAwait(false);
        session.Dispose();
        _events.Raise(ConnectionDisconnected, this, new NatsEventArgs(why.Message));
        return why;
    }

    /// <summary>Goes round the servers until one takes the connection; null once there is no point in it any more.</summary>
    private async Task<Session?> FindServerAsync(bool pauseFirst)
    {
        try
        {
            for (var round = 1; ; round++)
            {
                if (round > 1 || pauseFirst)
                    await Task.Delay(BackOff(round - 1), Time, _disposal.Token).ConfigureAwait(false);
                var (session, error) = await TryServersAsync().ConfigureAwait(false);
                if (session is not null)
                    return session;
                _events.Raise(ReconnectFailed, this, new NatsEventArgs(error!.Message));
                if (_failure is not null || (Opts.MaxReconnectRetry >= 0 && round > Opts.MaxReconnectRetry))
                {
                    GiveUp(_failure ?? error!);
                    return null;
                }
            }
        }
        catch (OperationCanceledException) when (_disposal.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<(Session? Session, Exception? Error)> TryServersAsync()
    {
        Exception? error = null;
        foreach (var server in _servers!.InOrder())
        {
            try
            {
                var handshake = new Handshake(Opts, ReceiveBuffers, _servers.FirstUserInfo) { OnConnecting = OnConnectingAsync };
                return (await handshake.OpenAsync(server, _disposal.Token).ConfigureAwait(false), null);
            }
            catch (Exception e) when (e is not OperationCanceledException || !_disposal.IsCancellationRequested)
            {
                error = e;
                _log.ConnectFailed(server.ToString(), e.Message);
                NoteAuthError(e);
                if (_failure is not null)
                    break;
            }
        }

        return (null, error);
    }

    /// <summary>The same refusal twice in a row is final: asking again and again would only look like an attack.</summary>
    private void NoteAuthError(Exception e)
    {
        if (e is not NatsServerException { IsAuthError: true } refusal)
            return;
        if (_lastAuthError == refusal.Error && !Opts.IgnoreAuthErrorAbort)
            _failure = refusal;
        _lastAuthError = refusal.Error;
    }

    private void GiveUp(Exception why)
    {
        _failure = why;
        _state = NatsConnectionState.Failed;
        _writer.Accept(false);
        _log.GaveUp(why.Message);
        EndSubscriptions(new NatsConnectionFailedException($"The connection has given up: {why.Message}"));
    }

    /// <summary>Doubles from the least to the greatest wait, and adds a random part so that clients do not come all at once.</summary>
    private TimeSpan BackOff(int round)
    {
        var wait = Opts.ReconnectWaitMin.TotalMilliseconds * Math.Pow(2, Math.Clamp(round - 1, 0, 30));
        var longest = Math.Max(Opts.ReconnectWaitMax.TotalMilliseconds, Opts.ReconnectWaitMin.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(Math.Min(wait, longest) + (Opts.ReconnectJitter.TotalMilliseconds * Random.Shared.NextDouble()));
    }

    private byte[] OpeningCommands()
    {
        using var commands = new MemoryStream();
        foreach (var subscription in _subscriptions.All())
            subscription.AppendCommands(c => commands.Write(c));
        return commands.ToArray();
    }

    private void Learn(Session session)
    {
        if (session.Info.ClientConnectUrls is { Length: > 0 } addresses)
            _servers!.Learn(addresses, session.Server);
    }

    /// <summary>Asks now and then whether the server is still there: a connection can die without a word.</summary>
    private async Task KeepAliveAsync(Session session, CancellationToken ending)
    {
        if (Opts.PingInterval <= TimeSpan.Zero)
            return;
        try
        {
            while (true)
            {
                await Task.Delay(Opts.PingInterval, Time, ending).ConfigureAwait(false);
                if (session.Pings.Outstanding >= Opts.MaxPingOut)
                {
                    session.Abandon(new NatsException($"Stale connection: {session.Pings.Outstanding} PINGs are unanswered."));
                    return;
                }

                session.Pings.SendKeepAlive(() => _writer.Append(ClientCommands.Ping));
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The session has ended.
        }
    }
}
