using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using SignalStream.Gateway.Relay;
using SignalStream.Gateway.Security;
using SignalStream.Messaging;
using SignalStream.Messaging.Catalog;
using SignalStream.Messaging.Logs;

namespace SignalStream.Gateway.WebSockets;

/// <summary><c>GET /ws</c>: who may connect, and a connection from its upgrade to its end.</summary>
internal sealed class ViewerEndpoint(
    RelayHub hub, ViewerSockets sockets, CatalogView catalog, OriginPolicy origins, SessionServices services, IHostApplicationLifetime lifetime)
    : BackgroundService
{
    /// <summary>Connections beyond the limit that may be told so at the same time; further ones are refused without an upgrade.</summary>
    private const int Goodbyes = 100;

    /// <summary>A monitor that is a second late is none.</summary>
    private const int MostHoldMs = 1000;

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<long, ViewerSession> _sessions = new();
    private readonly AddressLimit _addresses = new(services.Limits.MaxConnectionsPerAddress);
    private int _saying;

    /// <summary>Follows the catalog, and says goodbye to all when the service stops; before the first connection is taken.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        catalog.Changed += entry =>
        {
            foreach (var (_, session) in _sessions)
                session.Subscriptions.OnCatalog(entry);
        };
        hub.Happened += OnEvent;
        lifetime.ApplicationStopping.Register(() => services.Viewers.CloseAll(ViewerClose.GoingAway));
        return base.StartAsync(cancellationToken);
    }

    public async Task HandleAsync(HttpContext context)
    {
        if (Refusal(context) is { } refusal)
        {
            services.Metrics.ConnectionRefused(refusal.Reason);
            await TypedResults.Problem(refusal.Detail, statusCode: refusal.Status).ExecuteAsync(context);
            return;
        }

        using var json = context.Request.Query["format"] == "json" ? new FrameJson() : null;
        var address = AddressLimit.CountedFor(context.Connection.RemoteIpAddress);
        using var socket = await sockets.AcceptAsync(context, json, HoldOf(context.Request) ?? default);
        if (TryEnter(socket.Viewer, address) is { } crowded)
        {
            await SayGoodbyeAsync(socket, crowded);
            return;
        }

        await ServeAsync(socket, json is not null);
        services.Viewers.Remove(socket.Viewer);
        _addresses.Leave(address);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(LookEvery, services.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                foreach (var (_, session) in _sessions)
                    session.CloseIfIdle();
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private void OnEvent(LoggedEvent logged)
    {
        if (logged.Event is not PriceOutlookEvent outlook || !MarketMessages.IsWhole(outlook) || _sessions.IsEmpty)
            return;
        var now = services.Time.GetUtcNow();
        var message = MarketMessages.Live(outlook, Math.Max(0, (now - logged.Stored).TotalMilliseconds), EventTime.Of(now));
        foreach (var (_, session) in _sessions)
            session.OnOutlook(outlook, message);
    }

    private async Task ServeAsync(ViewerSocket socket, bool isJson)
    {
        var viewer = socket.Viewer;
        var subscriptions = new Subscriptions(viewer, hub, catalog, services.Limits);
        viewer.Accounts = () => Answers.Accounts(id: null, viewer.Step, subscriptions.Active);
        var session = new ViewerSession(socket, subscriptions, services) { TellsMarket = isJson };
        _sessions[viewer.Id] = session;
        // One that came in while the others were told goodbye.
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            viewer.Close(ViewerClose.GoingAway);
        await session.RunAsync();
        _sessions.TryRemove(viewer.Id, out _);
        await socket.EndAsync();
    }

    /// <summary>Counts a viewer in, or says why it cannot be.</summary>
    private ViewerClose? TryEnter(Viewer viewer, IPAddress? address)
    {
        var limits = services.Limits;
        if (!_addresses.TryEnter(address))
            return ViewerClose.TooManyOfAddress(limits.MaxConnectionsPerAddress);
        if (services.Viewers.TryAdd(viewer, limits.MaxConnections))
            return null;
        _addresses.Leave(address);
        return ViewerClose.TooMany(limits.MaxConnections);
    }

    private async Task SayGoodbyeAsync(ViewerSocket socket, ViewerClose why)
    {
        services.Metrics.ConnectionRefused(why.Label);
        Interlocked.Increment(ref _saying);
        socket.Viewer.Close(why);
        await socket.EndAsync();
        Interlocked.Decrement(ref _saying);
    }

    private static TimeSpan? HoldOf(HttpRequest request)
    {
        var asked = request.Query["hold"].ToString();
        if (asked.Length == 0)
            return TimeSpan.Zero;
        return int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out var ms) && ms <= MostHoldMs ? TimeSpan.FromMilliseconds(ms) : null;
    }

    private (int Status, string Reason, string Detail)? Refusal(HttpContext context)
    {
        var request = context.Request;
        var origin = request.Headers.Origin.ToString();
        var protocols = context.WebSockets.WebSocketRequestedProtocols;
        var format = request.Query["format"].ToString();
        if (!context.WebSockets.IsWebSocketRequest)
            return (StatusCodes.Status400BadRequest, "no_websocket", "This address speaks WebSocket: the request lacks the upgrade.");
        if (!origins.Allows(origin, request.Host.Value ?? ""))
        {
            return (StatusCodes.Status403Forbidden, "origin",
                $"Origin {CommandError.Quote(origin)}: pages of other sites may not connect unless WebSockets:AllowedOrigins has them.");
        }

        if (protocols.Count > 0 && !protocols.Contains(Answers.Protocol))
            return (StatusCodes.Status400BadRequest, "protocol", $"Subprotocol {CommandError.Quote(string.Join(", ", protocols))}: {Answers.Protocol} is the only one known.");
        if (HoldOf(request) is null)
            return (StatusCodes.Status400BadRequest, "hold", $"hold={CommandError.Quote(request.Query["hold"].ToString())}: whole milliseconds from 0 to {MostHoldMs}.");
        if (format is not ("" or "json" or "binary"))
            return (StatusCodes.Status400BadRequest, "format", $"format={CommandError.Quote(format)}: binary and json are known.");
        var compress = request.Query["compress"].ToString();
        if (compress is not ("" or "0" or "1"))
            return (StatusCodes.Status400BadRequest, "compress", $"compress={CommandError.Quote(compress)}: 0 and 1 are known.");
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return (StatusCodes.Status503ServiceUnavailable, "going_away", "The gateway is going away: come back.");
        return Volatile.Read(ref _saying) >= Goodbyes
            ? (StatusCodes.Status503ServiceUnavailable, "too_many", $"Too many connections: {services.Limits.MaxConnections} are allowed, and others are being turned away.")
            : null;
    }
}
