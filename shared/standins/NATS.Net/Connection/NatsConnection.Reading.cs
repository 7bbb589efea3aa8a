using NATS.Client.Core.Protocol;

namespace NATS.Client.Core;

public partial class NatsConnection
{
    /// <summary>Receive buffers after which readers go on even if more is there.</summary>
    private const int BuffersAStretch = 4;

    /// <summary>Subscriptions that received something in the stretch that is being read.</summary>
    private readonly List<NatsSubBase> _touched = [];

    /// <summary>Contexts of readers that went on in the stretch that ends.</summary>
    private readonly List<SynchronizationContext> _contexts = [];

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

    private Task ReadAsync(Session session) => Crew.RunAsync("NATS reading", () => ReadStretch(session));

    /// <summary>Hands out all messages that are there, then lets each reader that waits for some go on, once, or waits for more.</summary>
    /// <returns>The last of those readers is left to the caller.</returns>
    private IAwaiter? ReadStretch(Session session)
    {
        var reader = session.Reader;
        try
        {
            var buffers = 0;
            do
                HandOut(session, reader);
            while (++buffers < BuffersAStretch && reader.TryReceiveMore());
        }
        catch
        {
            EndStretch()?.Resume(onThisThread: false);
            throw;
        }

        if (EndStretch() is { } waiting)
            return waiting;
        reader.Receive();
        return null;
    }

    private void HandOut(Session session, ServerReader reader)
    {
        while (reader.TryRead(out var command))
        {
            if (command.Op <= ServerOp.HMsg)
                Dispatch(reader, command);
            else
                Obey(session, command);
        }
    }

    /// <summary>Lets the readers that wait go on.</summary>
    /// <returns>The last one of those that go on anywhere: it is left to the caller.</returns>
    private IAwaiter? EndStretch()
    {
        IAwaiter? last = null;
        foreach (var subscription in _touched)
        {
            subscription.IsTouched = false;
            if (subscription.EndOfStretch() is not { } waiting)
                continue;
            if (waiting.Context is { } context)
            {
                ResumeIn(context, waiting);
                continue;
            }

            last?.Resume(onThisThread: false);
            last = waiting;
        }

        _touched.Clear();
        foreach (var context in _contexts)
            context.OperationCompleted();
        _contexts.Clear();
        return last;
    }

    /// <summary>
    /// A stretch is one operation to a context: at its end it may run, on this thread, what was posted to it. Until it returns
    /// nothing more is read, which is its own choice: it should have the connection to itself.
    /// </summary>
    private void ResumeIn(SynchronizationContext context, IAwaiter waiting)
    {
        if (!_contexts.Contains(context))
        {
            _contexts.Add(context);
            context.OperationStarted();
        }

        waiting.Resume(onThisThread: false);
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
        session.Transport.Send(ClientCommands.Ping);
        await pong.ConfigureAwait(false);
    }

    private void OnServerError(string error)
    {
        _log.ServerSays(error);
        NoteAuthError(new NatsServerException(error));
        _events.Raise(ServerError, this, new NatsServerErrorEventArgs(error));
    }
}
