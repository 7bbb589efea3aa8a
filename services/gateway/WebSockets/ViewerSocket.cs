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
    /// <param name="hold">How long waves may wait for others to go out with them.</param>
    public async Task<ViewerSocket> AcceptAsync(HttpContext context, FrameJson? json, TimeSpan hold)
    {
        // Who reads slowly is our concern: Kestrel's own minimum would cut the connection without a word.
        if (context.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
        var upgraded = await Upgrade.AcceptAsync(context);
        var keepAlive = new KeepAlive(TimeSpan.FromSeconds(limits.PingSeconds), TimeSpan.FromSeconds(limits.PongSeconds), time);
        var viewer = new Viewer(
            Interlocked.Increment(ref _lastId), Upgrade.WireOf(context, upgraded), workers.Next(), keepAlive, json is null ? null : json.Write, hold);
        return new ViewerSocket(viewer, upgraded, limits, TimeSpan.FromSeconds(relay.CloseSeconds), time);
    }
}

/// <summary>One connection: its viewer, by whom all goes out, and the framework's WebSocket, by which all comes in.</summary>
internal sealed class ViewerSocket : IAsyncDisposable
{
    private readonly Stream _upgraded;
    private readonly IncomingStream _stream;
    private readonly WebSocket _incoming;
    private readonly WebSocketLimits _limits;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;

    public ViewerSocket(Viewer viewer, Stream upgraded, WebSocketLimits limits, TimeSpan patience, TimeProvider time)
    {
        (Viewer, _upgraded, _limits, _patience, _time) = (viewer, upgraded, limits, patience, time);
        Rate = new RateLimit(limits.MaxCommandsPerSecond, time);
        _stream = new IncomingStream(upgraded, viewer, Rate);
        _incoming = WebSocket.CreateFromStream(_stream, new WebSocketCreationOptions
        {
            IsServer = true,
            KeepAliveInterval = Timeout.InfiniteTimeSpan, // The viewer's worker sees to it.
        });
    }

    public Viewer Viewer { get; }

    /// <summary>Of what it may ask, pings included.</summary>
    public RateLimit Rate { get; }

    /// <summary>Greets, and hands over each message until the viewer leaves, breaks a rule that closes, or the connection ends.</summary>
    /// <param name="greeting">The first message: it goes behind the answer to the upgrade, everything later by the viewer's wire.</param>
    /// <param name="handle">Gets texts and binaries; their memory is lent for the call.</param>
    public async Task RunAsync(byte[] greeting, Action<Incoming> handle)
    {
        using var reader = new MessageReader(_incoming, _limits.MaxMessageBytes);
        try
        {
            await _upgraded.WriteAsync(Framing.Message(Framing.Text, greeting));
            await _upgraded.FlushAsync();
            while (Handle(await reader.ReadAsync(CancellationToken.None), handle))
            {
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            Viewer.Close(ViewerClose.Lost);
        }
    }

    /// <summary>Waits until a viewer that is being closed has got the close and answered it, or its time is up.</summary>
    public Task EndAsync() => Task.WhenAll(Viewer.Finished, DrainAsync());

    public async ValueTask DisposeAsync()
    {
        _incoming.Dispose();
        await _stream.DisposeAsync();
    }

    private bool Handle(Incoming message, Action<Incoming> handle)
    {
        switch (message.Kind)
        {
            case IncomingKind.TooBig:
                Viewer.Close(ViewerClose.TooBig(_limits.MaxMessageBytes));
                return false;
            case IncomingKind.Closed:
                Viewer.Close(ViewerClose.LeftWith(_incoming.CloseStatus));
                return false;
            default:
                // Being closed already, it is only waited for its goodbye.
                if (Viewer.Closing is null)
                    handle(message);
                return true;
        }
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
            while (_incoming.State is WebSocketState.Open or WebSocketState.CloseSent)
                await _incoming.ReceiveAsync(ignored.AsMemory(), patience.Token);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException)
        {
            // Gone without an answer.
        }
    }
}
