using System.Net.WebSockets;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using SignalStream.Gateway.Relay;

namespace SignalStream.Gateway.WebSockets;

/// <summary>Makes connections out of requests.</summary>
internal sealed class ViewerSockets(WebSocketLimits limits, RelayOptions relay, RelayWorkers workers, TimeProvider time)
{
    private long _lastId;

    /// <summary>Answers the request, which must be one for a WebSocket.</summary>
    /// <param name="context">Of the request.</param>
    /// <param name="json">When frames are to go out as text.</param>
    public async Task<ViewerSocket> AcceptAsync(HttpContext context, FrameJson? json)
    {
        // Who reads slowly is our concern: Kestrel's own minimum would cut the connection without a word.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        var upgraded = await Upgrade.AcceptAsync(context);
        var keepAlive = new KeepAlive(TimeSpan.FromSeconds(limits.PingSeconds), TimeSpan.FromSeconds(limits.PongSeconds), time);
        var viewer = new Viewer(
            Interlocked.Increment(ref _lastId), Upgrade.WireOf(context, upgraded), workers.Next(), keepAlive, json is null ? null : json.Write);
        return new ViewerSocket(viewer, upgraded, new RateLimit(limits.MaxCommandsPerSecond, time), TimeSpan.FromSeconds(relay.CloseSeconds), time);
    }
}

/// <summary>One connection: its viewer, by whom all goes out, and the framework's WebSocket, by which all comes in.</summary>
internal sealed class ViewerSocket : IAsyncDisposable
{
    private readonly Stream _upgraded;
    private readonly IncomingStream _stream;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;

    public ViewerSocket(Viewer viewer, Stream upgraded, RateLimit rate, TimeSpan patience, TimeProvider time)
    {
        (Viewer, Rate, _upgraded, _patience, _time) = (viewer, rate, upgraded, patience, time);
        _stream = new IncomingStream(upgraded, viewer, rate);
        Incoming = WebSocket.CreateFromStream(_stream, new WebSocketCreationOptions
        {
            IsServer = true,
            KeepAliveInterval = Timeout.InfiniteTimeSpan, // The viewer's worker sees to it.
        });
    }

    public Viewer Viewer { get; }

    /// <summary>To be read only.</summary>
    public WebSocket Incoming { get; }

    /// <summary>Of what it may ask, pings included.</summary>
    public RateLimit Rate { get; }

    /// <summary>The first message: it goes behind the answer to the upgrade, everything later by the viewer's wire.</summary>
    public async Task GreetAsync(byte[] utf8)
    {
        await _upgraded.WriteAsync(Framing.Message(Framing.Text, utf8));
        await _upgraded.FlushAsync();
    }

    /// <summary>Waits until a viewer that is being closed has got the close and answered it, or its time is up.</summary>
    public Task EndAsync() => Task.WhenAll(Viewer.Finished, DrainAsync());

    public async ValueTask DisposeAsync()
    {
        Incoming.Dispose();
        await _stream.DisposeAsync();
    }

    /// <summary>
    /// Reads what still comes until the viewer answers the close: a connection that ends with something unread is reset, and
    /// the close might be lost with it.
    /// </summary>
    private async Task DrainAsync()
    {
        using var patience = new CancellationTokenSource(_patience, _time);
        var ignored = new byte[1024];
        try
        {
            while (Incoming.State is WebSocketState.Open or WebSocketState.CloseSent)
                await Incoming.ReceiveAsync(ignored.AsMemory(), patience.Token);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            // Gone without an answer.
        }
    }
}
