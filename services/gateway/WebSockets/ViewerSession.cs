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
internal sealed class ViewerSession(Viewer viewer, Subscriptions subscriptions, SessionServices services)
{
    private readonly ErrorBudget _errors = new(services.Limits.ErrorsPerMinute, services.Time);

    public Subscriptions Subscriptions => subscriptions;

    /// <summary>Reads until the viewer leaves, breaks a rule that closes, or the connection ends.</summary>
    /// <param name="socket">What comes in.</param>
    /// <param name="upgraded">The greeting goes this way, behind the answer to the upgrade; everything later by the viewer's wire.</param>
    public async Task RunAsync(WebSocket socket, Stream upgraded)
    {
        using var reader = new MessageReader(socket, services.Limits.MaxMessageBytes);
        try
        {
            await upgraded.WriteAsync(Framing.Message(Framing.Text, Answers.Hello(services.Identity.Instance, NowMs())));
            await upgraded.FlushAsync();
            while (await HandleAsync(reader))
            {
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            viewer.Close(ViewerClose.Lost);
        }
        finally
        {
            subscriptions.End();
        }
    }

    private async Task<bool> HandleAsync(MessageReader reader)
    {
        var message = await reader.ReadAsync(CancellationToken.None);
        switch (message.Kind)
        {
            case IncomingKind.Text:
                // Being closed already, it is only waited for its goodbye.
                if (viewer.Closing is null)
                    Handle(message.Text);
                return true;
            case IncomingKind.Binary:
                viewer.Close(ViewerClose.Binary);
                break;
            case IncomingKind.TooBig:
                viewer.Close(ViewerClose.TooBig(services.Limits.MaxMessageBytes));
                break;
            default:
                viewer.Close(ViewerClose.Left);
                break;
        }

        return false;
    }

    private void Handle(ReadOnlyMemory<byte> text)
    {
        var readMs = NowMs();
        var parsed = text.Length > services.Limits.MaxCommandBytes
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
                viewer.SendText(Answers.Status(Status(command)));
                break;
            case TimeCommand time:
                viewer.SendText(Answers.Time(time.Id, time.T0, readMs, NowMs()));
                break;
        }

        if (error is null)
            services.Metrics.CommandDone(NameOf(command));
        return error;
    }

    private void Refuse(ParsedCommand parsed, CommandError error)
    {
        services.Metrics.CommandRefused(error.Code);
        viewer.SendText(Answers.Error(parsed.Id, error));
        if (_errors.Spend())
            viewer.Close(ViewerClose.TooManyErrors(services.Limits.ErrorsPerMinute));
    }

    private StatusMessage Status(Command command) => new(
        "status", command.Id, services.Identity.Instance, (services.Time.GetUtcNow() - services.Started).TotalSeconds,
        NatsWord(services.Nats.ConnectionState), services.Viewers.Count, viewer.QueuedBytes, subscriptions.Accounts());

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
