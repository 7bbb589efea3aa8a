using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using SignalStream.Hosting;

namespace SignalStream.Gateway.WebSockets;

internal static class WebSocketRegistration
{
    /// <summary>The viewers' connections.</summary>
    public static WebApplicationBuilder AddViewerSockets(this WebApplicationBuilder builder)
    {
        builder.Services.AddCheckedOptions<WebSocketLimits, WebSocketLimitsValidator>("WebSockets");
        // A flush then means that the bytes are in the socket: the answer to an upgrade, before what goes there directly.
        builder.Services.Configure<SocketTransportOptions>(options => options.MaxWriteBufferSize = 1);
        builder.Services.AddSingleton<SocketMetrics>();
        builder.Services.AddOptions<KestrelServerOptions>().Configure<WebSocketLimits>((kestrel, limits) =>
        {
            kestrel.Limits.MaxConcurrentConnections = limits.MaxHttpConnections; // Upgraded ones are counted elsewhere.
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(limits.HandshakeSeconds);
            kestrel.ConfigureHttpsDefaults(https => https.HandshakeTimeout = TimeSpan.FromSeconds(limits.HandshakeSeconds));
        });
        builder.Services.AddSingleton<ConnectionMeters>();
        builder.Services.AddSingleton<ViewerSockets>();
        builder.Services.AddSingleton<SessionServices>();
        builder.Services.AddSingleton<ViewerEndpoint>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<ViewerEndpoint>());
        return builder;
    }

    /// <summary>Maps <c>/ws</c>.</summary>
    public static WebApplication MapViewerSockets(this WebApplication app)
    {
        app.Services.GetRequiredService<ConnectionMeters>().Start();
        app.UseWebSockets();
        app.Map("/ws", (HttpContext context, ViewerEndpoint endpoint) => endpoint.HandleAsync(context));
        return app;
    }
}
