using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using SignalStream.Gateway.Relay;
using SignalStream.Messaging.Catalog;

namespace SignalStream.Gateway.WebSockets;

/// <summary><c>GET /ws</c>: who may connect, and a connection from its upgrade to its end.</summary>
internal sealed class ViewerEndpoint(
    RelayHub hub, RelayOptions relay, RelayWorkers workers, CatalogView catalog, OriginPolicy origins,
    SessionServices services, IHostApplicationLifetime lifetime) : IHostedService
{
    private readonly ConcurrentDictionary<long, ViewerSession> _sessions = new();
    private long _lastId;

    /// <summary>Follows the catalog, and says goodbye to all when the service stops; before the first connection is taken.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        catalog.Changed += entry =>
        {
            foreach (var (_, session) in _sessions)
                session.Subscriptions.OnCatalog(entry);
        };
        lifetime.ApplicationStopping.Register(() => services.Viewers.CloseAll(ViewerClose.GoingAway));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task HandleAsync(HttpContext context)
    {
        if (Refusal(context) is { } refusal)
        {
            services.Metrics.ConnectionRefused(refusal.Reason);
            await TypedResults.Problem(refusal.Detail, statusCode: refusal.Status).ExecuteAsync(context);
            return;
        }

        // Who reads slowly is our concern: Kestrel's own minimum would cut the connection without a word.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        using var json = context.Request.Query["format"] == "json" ? new FrameJson() : null;
        var upgraded = await Upgrade.AcceptAsync(context);
        var keepAlive = new KeepAlive(
            TimeSpan.FromSeconds(services.Limits.PingSeconds), TimeSpan.FromSeconds(services.Limits.PongSeconds), services.Time);
        var viewer = new Viewer(
            Interlocked.Increment(ref _lastId), Upgrade.WireOf(context, upgraded), workers.Next(), keepAlive, json is null ? null : json.Write);
        await using var incoming = new IncomingStream(upgraded, viewer);
        using var socket = WebSocket.CreateFromStream(incoming, new WebSocketCreationOptions
        {
            IsServer = true,
            KeepAliveInterval = Timeout.InfiniteTimeSpan, // The viewer's worker sees to it.
        });
        await ServeAsync(viewer, socket, upgraded);
    }

    private async Task ServeAsync(Viewer viewer, WebSocket socket, Stream upgraded)
    {
        var session = new ViewerSession(viewer, new Subscriptions(viewer, hub, catalog, services.Limits), services);
        if (!services.Viewers.TryAdd(viewer, services.Limits.MaxConnections))
        {
            services.Metrics.ConnectionRefused("too_many");
            viewer.Close(ViewerClose.TooMany(services.Limits.MaxConnections));
            await Task.WhenAll(viewer.Finished, DrainAsync(socket));
            return;
        }

        _sessions[viewer.Id] = session;
        // One that came in while the others were told goodbye.
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            viewer.Close(ViewerClose.GoingAway);
        await session.RunAsync(socket, upgraded);
        _sessions.TryRemove(viewer.Id, out _);
        await Task.WhenAll(viewer.Finished, DrainAsync(socket));
        services.Viewers.Remove(viewer);
    }

    /// <summary>
    /// Reads what still comes until the viewer answers the close: a connection that ends with something unread is reset, and
    /// the close might be lost with it.
    /// </summary>
    private async Task DrainAsync(WebSocket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(relay.CloseSeconds), services.Time);
        var ignored = new byte[1024];
        try
        {
            while (socket.State is WebSocketState.Open or WebSocketState.CloseSent)
                await socket.ReceiveAsync(ignored.AsMemory(), patience.Token);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            // Gone without an answer.
        }
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
        if (format is not ("" or "json" or "binary"))
            return (StatusCodes.Status400BadRequest, "format", $"format={CommandError.Quote(format)}: binary and json are known.");
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return (StatusCodes.Status503ServiceUnavailable, "going_away", "The gateway is going away: come back.");
        return null;
    }
}
