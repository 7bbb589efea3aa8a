using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using SignalStream.Gateway.Relay;
using SignalStream.Gateway.WebSockets;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Gateway.Conformance;

/// <summary>A gateway that has, beside its own, an endpoint of the same layer that gives back what comes.</summary>
public sealed class EchoGateway : IAsyncDisposable, IDisposable
{
    public const string Path = "/echo";

    private readonly NatsFixture _nats = new();
    private GatewayHost? _host;

    public static byte[] Greeting { get; } = [.. "hello"u8];

    /// <summary>Skips the test where nats-server is not installed: without it a gateway is never ready.</summary>
    internal async Task<GatewayHost> StartedAsync() => _host ??= await GatewayHost.StartAsync(
        (await _nats.ServerAsync()).Url, app => app.Map(Path, EchoAsync), "WebSockets:MaxMessageBytes=1048576");

    // xunit disposes class fixtures through this one.
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
            await _host.DisposeAsync();
        await _nats.DisposeAsync();
    }

    private static async Task EchoAsync(HttpContext context, ViewerSockets sockets)
    {
        using var socket = await sockets.AcceptAsync(context, null, default);
        await socket.RunAsync(Greeting, message => socket.Viewer.SendMessage(
            message.Kind == IncomingKind.Text ? Framing.Text : Framing.Binary, message.Bytes.Span));
        await socket.EndAsync();
    }
}
