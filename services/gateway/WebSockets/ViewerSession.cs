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

    private readonly Lock _market = new();
    private bool _isMarketTold;
    private long _askedAt = services.Time.GetTimestamp();

    public Subscriptions Subscriptions => subscriptions;

    /// <summary>It asked for JSON, and so is told of prices in the older form as well.</summary>
    public bool TellsMarket { get; init; }

    /// <summary>A new outlook of a price: for whom subscribed to the symbol, and who, like older clients, subscribed to nothing.</summary>
    public void OnOutlook(PriceOutlookEvent outlook, byte[] message)
    {
        if (!TellsMarket || !(subscriptions.IsEmpty || subscriptions.Active.Any(a => a.Topic.Stream == outlook.Place.Stream)))
            return;
        lock (_market)
        {
            if (_isMarketTold)
                _viewer.SendText(message);
        }
    }

    /// <summary>What is known first: an outlook of just then is among it, and is not told before it.</summary>
    private void TellMarket()
    {
        lock (_market)
        {
            if (subscriptions.InitialMarket(EventTime.Of(services.Time.GetUtcNow())) is { } initial)
                _viewer.SendText(initial); // Goes out behind the greeting.
            _isMarketTold = true;
        }
    }

    /// <summary>Serves until the viewer leaves, breaks a rule that closes, or the connection ends.</summary>
    public async Task RunAsync()
    {
        try
        {
            if (TellsMarket)
                TellMarket();
            await socket.RunAsync(Answers.Hello(services.Identity.Instance, NowMs()), Handle);
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

    private void Handle(Incoming message)
    {
        if (message.Kind == IncomingKind.Text)
            Handle(message.Bytes);
        else
            _viewer.Close(ViewerClose.Binary);
    }

    private void Handle(ReadOnlyMemory<byte> text)
    {
        var readMs = NowMs();
        Volatile.Write(ref _askedAt, services.Time.GetTimestamp());
        if ((Read(text, out var parsed) ?? Execute(parsed.Command!, readMs)) is { } error)
            Refuse(parsed, error);
    }

    private CommandError? Read(ReadOnlyMemory<byte> text, out ParsedCommand parsed)
    {
        parsed = default;
        if (!socket.Rate.TryTake())
            return CommandError.TooFast(services.Limits.MaxCommandsPerSecond);
        if (text.Length > services.Limits.MaxCommandBytes)
            return CommandError.TooLong(text.Length, services.Limits.MaxCommandBytes);
        parsed = CommandParser.Parse(text);
        return parsed.Error;
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
            case MarketStatusCommand:
                _viewer.SendText(() => subscriptions.MarketStatus(command.Id, services.Viewers.Count));
                break;
            case StatusCommand:
                _viewer.SendText(() => Answers.Status(Status(command)));
                break;
            case AccountsCommand:
                _viewer.SendText(() => Answers.Accounts(command.Id, _viewer.Step, subscriptions.Active));
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
        Answers.NatsWord(services.Nats.ConnectionState), services.Viewers.Count, _viewer.QueuedBytes, [.. subscriptions.Active.Select(StreamAccount.Of)]);

    private static string NameOf(Command command) => command switch
    {
        SubscribeCommand => "subscribe",
        UnsubscribeCommand => "unsubscribe",
        MarketStatusCommand => "get_status",
        StatusCommand => "status",
        AccountsCommand => "accounts",
        _ => "time",
    };

    private double NowMs() => EventTime.Milliseconds(EventTime.Of(services.Time.GetUtcNow()));
}
