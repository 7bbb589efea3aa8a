using System.Net.WebSockets;
using NATS.Client.Core;
using SignalStream.Gateway.Relay;
using SignalStream.Hosting;
using SignalStream.Messaging;

namespace SignalStream.Gateway.WebSockets;

/// <summary>What all sessions share.</summary>
internal sealed record SessionServices(
    WebSocketLimits Limits, SocketMetrics Metrics, ViewerRegistry Viewers, INatsConnection Nats, ServiceIdentity Identity, TimeProvider Time)
{
    public DateTimeOffset Started { get; } = Time.GetUtcNow();
}

/// <summary>One connection's incoming side: reads commands, carries them out and answers through the viewer's queue.</summary>
internal sealed class ViewerSession(ViewerSocket socket, Subscriptions subscriptions, SessionServices services)
{
    private readonly Viewer _viewer = socket.Viewer;
    private readonly ErrorBudget _errors = new(services.Limits.ErrorsPerMinute, services.Time);

    private long _askedAt = services.Time.GetTimestamp();

    public Subscriptions Subscriptions => subscriptions;

    /// <summary>Reads until the viewer leaves, breaks a rule that closes, or the connection ends.</summary>
    public async Task RunAsync()
    {
        using var reader = new MessageReader(socket.Incoming, services.Limits.MaxMessageBytes);
        try
        {
            await socket.GreetAsync(Answers.Hello(services.Identity.Instance, NowMs()));
            while (await HandleAsync(reader))
            {
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            _viewer.Close(ViewerClose.Lost);
        }
        finally
        {
            subscriptions.End();
        }
    }

    /// <summary>Closes a viewer that wants nothing; to be called now and then.</summary>
    public void CloseIfIdle()
    {
        var idle = TimeSpan.FromSeconds(services.Limits.IdleSeconds);
        if (services.Time.GetElapsedTime(Volatile.Read(ref _askedAt)) >= idle && subscriptions.IsEmpty)
            _viewer.Close(ViewerClose.Idle(services.Limits.IdleSeconds));
    }

    private async Task<bool> HandleAsync(MessageReader reader)
    {
        var message = await reader.ReadAsync(CancellationToken.None);
        switch (message.Kind)
        {
            case IncomingKind.Text:
                // Being closed already, it is only waited for its goodbye.
                if (_viewer.Closing is null)
                    Handle(message.Text);
                return true;
            case IncomingKind.Binary:
                _viewer.Close(ViewerClose.Binary);
                break;
            case IncomingKind.TooBig:
                _viewer.Close(ViewerClose.TooBig(services.Limits.MaxMessageBytes));
                break;
            default:
                _viewer.Close(ViewerClose.Left);
                break;
        }

        return false;
    }

    private void Handle(ReadOnlyMemory<byte> text)
    {
        var readMs = NowMs();
        Volatile.Write(ref _askedAt, services.Time.GetTimestamp());
        var parsed = !socket.Rate.TryTake() ? new ParsedCommand(null, CommandError.TooFast(services.Limits.MaxCommandsPerSecond), null)
            : text.Length > services.Limits.MaxCommandBytes
            ? new ParsedCommand(null, CommandError.TooLong(text.Length, services.Limits.MaxCommandBytes), null)
            : CommandParser.Parse(text);
        if ((parsed.Error ?? Execute(parsed.Command!, readMs)) is { } error)
            Refuse(parsed, error);
    }

    private CommandError? Execute(Command command, double readMs)
    {
        CommandError? error = null;
        switch (command)
        {
            case SubscribeCommand subscribe:
                error = subscriptions.Subscribe(subscribe);
                break;
            case UnsubscribeCommand unsubscribe:
                error = subscriptions.Unsubscribe(unsubscribe);
                break;
            case StatusCommand:
                _viewer.SendText(Answers.Status(Status(command)));
                break;
            case TimeCommand time:
                _viewer.SendText(Answers.Time(time.Id, time.T0, readMs, NowMs()));
                break;
        }

        if (error is null)
            services.Metrics.CommandDone(NameOf(command));
        return error;
    }

    private void Refuse(ParsedCommand parsed, CommandError error)
    {
        services.Metrics.CommandRefused(error.Code);
        _viewer.SendText(Answers.Error(parsed.Id, error));
        if (_errors.Spend())
            _viewer.Close(ViewerClose.TooManyErrors(services.Limits.ErrorsPerMinute));
    }

    private StatusMessage Status(Command command) => new(
        "status", command.Id, services.Identity.Instance, (services.Time.GetUtcNow() - services.Started).TotalSeconds,
        NatsWord(services.Nats.ConnectionState), services.Viewers.Count, _viewer.QueuedBytes, subscriptions.Accounts());

    private static string NameOf(Command command) => command switch
    {
        SubscribeCommand => "subscribe",
        UnsubscribeCommand => "unsubscribe",
        StatusCommand => "status",
        _ => "time",
    };

    private static string NatsWord(NatsConnectionState state) => state switch
    {
        NatsConnectionState.Open => "open",
        NatsConnectionState.Connecting => "connecting",
        NatsConnectionState.Reconnecting => "reconnecting",
        _ => "closed",
    };

    private double NowMs() => EventTime.Milliseconds(EventTime.Of(services.Time.GetUtcNow()));
}
