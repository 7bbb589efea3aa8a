using NATS.Client.Core.Protocol;

namespace NATS.Client.Core;

public partial class NatsConnection
{
    /// <summary>Subscriptions that received something in the stretch that is being read.</summary>
    private readonly List<NatsSubBase> _touched = [];

    /// <summary>How long a lame duck's client at most takes to leave, spread so that not all come to the next server at once.</summary>
    private static readonly TimeSpan LongestLeave = TimeSpan.FromSeconds(2);

    public async ValueTask<TimeSpan> PingAsync(CancellationToken cancellationToken = default)
    {
        var start = Time.GetTimestamp();
        try
        {
            if (_state != NatsConnectionState.Open)
                await StartConnecting().WaitAsync(Opts.CommandTimeout, Time, cancellationToken).ConfigureAwait(false);
            var session = _session ?? throw new NatsException("Disconnected: there is no server to ping.");
            start = Time.GetTimestamp();
            await PingAsync(session).WaitAsync(Opts.CommandTimeout, Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new NatsException($"No PONG within {Opts.CommandTimeout.TotalSeconds:0.###} s.", e);
        }

        return Time.GetElapsedTime(start);
    }

    private Task PingAsync(Session session) => session.Pings.Send(() => _writer.Append(ClientCommands.Ping));

    private async Task ReadAsync(Session session)
    {
        // A reader may go on on this thread and stay: whoever called must not wait for that.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (true)
        {
            var last = ReadStretch(session);
            session.Reader.Filled(await new Receiving(session.Reader.ReceiveAsync(), last));
        }
    }

    /// <summary>Hands out all messages that are there, then wakes each reader that got some, once.</summary>
    /// <returns>The last of them is left to the caller.</returns>
    private NatsSubBase? ReadStretch(Session session)
    {
        try
        {
            var reader = session.Reader;
            while (reader.TryRead(out var command))
            {
                if (command.Op <= ServerOp.HMsg)
                    Dispatch(reader, command);
                else
                    Obey(session, command);
            }
        }
        catch
        {
            EndStretch()?.Wake(onThisThread: false);
            throw;
        }

        return EndStretch();
    }

    private NatsSubBase? EndStretch()
    {
        NatsSubBase? last = null;
        foreach (var subscription in _touched)
        {
            subscription.IsTouched = false;
            if (!subscription.EndOfStretch())
                continue;
            last?.Wake(onThisThread: false);
            last = subscription;
        }

        _touched.Clear();
        return last;
    }

    private void Dispatch(ServerReader reader, in ServerCommand command)
    {
        if (_subscriptions.Find(command.Sid) is not { } subscription)
            return;
        subscription.Receive(new RawMessage(reader.Buffer, reader.CommandStart, command));
        if (subscription.IsTouched)
            return;
        subscription.IsTouched = true;
        _touched.Add(subscription);
    }

    private void Obey(Session session, in ServerCommand command)
    {
        switch (command.Op)
        {
            case ServerOp.Ping:
                _writer.Append(ClientCommands.Pong);
                break;
            case ServerOp.Pong:
                session.Pings.OnPong();
                break;
            case ServerOp.Info:
                OnInfo(session, Protocol.ServerInfo.Parse(session.Reader.Body(command)));
                break;
            case ServerOp.Err:
                OnServerError(Handshake.ErrorText(session.Reader.Body(command)));
                break;
        }
    }

    private void OnInfo(Session session, ServerInfo info)
    {
        var isLameDuck = info.LameDuckMode && !session.Info.LameDuckMode;
        session.Info = info;
        _info = info;
        Learn(session);
        if (!isLameDuck)
            return;
        _log.LameDuck(session.Server.ToString());
        _events.Raise(LameDuckModeActivated, this, new NatsLameDuckModeActivatedEventArgs(session.Server.Uri));
        if (_servers!.Count > 1)
            _leaving = LeaveAsync(session);
    }

    /// <summary>Goes to another server before this one closes, once it has taken what was published.</summary>
    private async Task LeaveAsync(Session session)
    {
        try
        {
            await Task.Delay(LongestLeave * Random.Shared.NextDouble(), Time, _disposal.Token).ConfigureAwait(false);
            await HandOverAsync(session).WaitAsync(LongestLeave, Time, _disposal.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is NatsException or IOException or System.Net.Sockets.SocketException or ObjectDisposedException or TimeoutException or OperationCanceledException)
        {
            // It closed first or does not answer: all the more reason to leave.
        }

        session.Abandon(new NatsException("The server is in lame duck mode."));
    }

    /// <summary>Sends what has gathered, and waits until the server has it; what is published meanwhile is for the next one.</summary>
    private async Task HandOverAsync(Session session)
    {
        await _writer.PauseAsync(session.Transport).ConfigureAwait(false);
        var pong = session.Pings.Send(static () => { });
        await session.Transport.SendAsync(ClientCommands.Ping.ToArray()).ConfigureAwait(false);
        await pong.ConfigureAwait(false);
    }

    private void OnServerError(string error)
    {
        _log.ServerSays(error);
        NoteAuthError(new NatsServerException(error));
        _events.Raise(ServerError, this, new NatsServerErrorEventArgs(error));
    }
}
