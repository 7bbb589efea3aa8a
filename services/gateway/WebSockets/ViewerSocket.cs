using System.Buffers;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using SignalStream.Gateway.Relay;

namespace SignalStream.Gateway.WebSockets;

/// <summary>Makes connections out of requests.</summary>
internal sealed class ViewerSockets(WebSocketLimits limits, RelayOptions relay, RelayWorkers workers, RelayMetrics sent, SocketMetrics metrics, TimeProvider time)
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
        var deflate = limits.Compression && context.Request.Query["compress"] == "1"
            ? DeflateOffer.Answer(context.Request.Headers.SecWebSocketExtensions)
            : null;
        if (deflate is not null)
            metrics.Compressed();
        var upgraded = await Upgrade.AcceptAsync(context, deflate);
        var keepAlive = new KeepAlive(TimeSpan.FromSeconds(limits.PingSeconds), TimeSpan.FromSeconds(limits.PongSeconds), time);
        var form = json is null && deflate is null ? MessageForm.Plain : new MessageForm(json is null ? null : json.Write, deflate is null ? null : sent);
        var viewer = new Viewer(Interlocked.Increment(ref _lastId), Upgrade.WireOf(context, upgraded), workers.Next(), keepAlive, form, hold);
        return new ViewerSocket(viewer, upgraded, limits, deflate is not null, TimeSpan.FromSeconds(relay.CloseSeconds), time);
    }
}

/// <summary>One connection: its viewer, by whom all goes out, and the reader of what comes in.</summary>
internal sealed class ViewerSocket(
    Viewer viewer, Stream upgraded, WebSocketLimits limits, bool mayCompress, TimeSpan patience, TimeProvider time) : IDisposable
{
    /// <summary>Read at a time: a command fits, mostly.</summary>
    private const int ReadBytes = 4096;

    private readonly MessageReader _reader = new(limits.MaxMessageBytes, mayCompress);
    private bool _isHeard;

    /// <summary>Nothing more will come, or nothing that could be read.</summary>
    private bool _hasEnded;

    public Viewer Viewer => viewer;

    /// <summary>Of what it may ask, pings included.</summary>
    public RateLimit Rate { get; } = new(limits.MaxCommandsPerSecond, time);

    /// <summary>Greets, and hands over each message until the viewer leaves, breaks a rule that closes, or the connection ends.</summary>
    /// <param name="greeting">The first message: it goes behind the answer to the upgrade, everything later by the viewer's wire.</param>
    /// <param name="handle">Gets texts and binaries; their memory is lent for the call.</param>
    public async Task RunAsync(byte[] greeting, Action<Incoming> handle)
    {
        try
        {
            await upgraded.WriteAsync(Framing.Message(Framing.Text, greeting));
            await upgraded.FlushAsync();
            while (await ReadAsync(handle, CancellationToken.None))
            {
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            _hasEnded = true;
        }

        // Where there was no reason to close, the connection broke.
        viewer.Close(ViewerClose.Lost);
    }

    /// <summary>Waits until a viewer that is being closed has got the close and answered it, or its time is up.</summary>
    public Task EndAsync() => Task.WhenAll(viewer.Finished, DrainAsync());

    public void Dispose() => _reader.Dispose();

    private static bool IsEnd(Exception exception) => exception is OperationCanceledException or IOException or InvalidOperationException;

    /// <summary>Reads once, and handles what that brings.</summary>
    /// <returns>Whether more is to be read.</returns>
    private async Task<bool> ReadAsync(Action<Incoming> handle, CancellationToken cancellationToken)
    {
        // Waits without a buffer: most viewers are silent most of the time.
        _ = await upgraded.ReadAsync(Memory<byte>.Empty, cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            var read = await upgraded.ReadAsync(buffer, cancellationToken);
            _hasEnded = read == 0;
            return !_hasEnded && Take(buffer.AsMemory(0, read), handle);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool Take(Memory<byte> bytes, Action<Incoming> handle)
    {
        viewer.KeepAlive.Heard();
        // It has the answer to the upgrade, then.
        if (!_isHeard)
            viewer.Open();
        _isHeard = true;
        while (true)
        {
            // Being closed already, it is only waited for its goodbye.
            _reader.Ignores |= viewer.Closing is not null;
            var message = _reader.Read(ref bytes);
            if (message.Kind == IncomingKind.Nothing)
                return true;
            if (!Handle(message, handle))
                return false;
        }
    }

    private bool Handle(Incoming message, Action<Incoming> handle)
    {
        switch (message.Kind)
        {
            case IncomingKind.Ping when Rate.TryTake():
                viewer.SendMessage(Framing.Message(Framing.Pong, message.Bytes.Span));
                return true;
            case IncomingKind.Ping:
                viewer.Close(ViewerClose.TooManyPings);
                return true;
            case IncomingKind.Close:
                _hasEnded = true;
                viewer.Close(ViewerClose.LeftWith(message.Code));
                return false;
            case IncomingKind.Fault:
                _hasEnded = true;
                viewer.Close(ViewerClose.Violation(message.Code ?? WebSocketCloseStatus.ProtocolError));
                return false;
            case IncomingKind.TooBig:
                viewer.Close(ViewerClose.TooBig(limits.MaxMessageBytes));
                return true;
            case IncomingKind.Bomb:
                viewer.Close(ViewerClose.Bomb(limits.MaxMessageBytes));
                return true;
            default:
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
        using var patient = new CancellationTokenSource(patience, time);
        try
        {
            while (!_hasEnded && await ReadAsync(static _ => { }, patient.Token))
            {
            }
        }
        catch (Exception exception) when (IsEnd(exception))
        {
            // Gone without an answer.
        }
    }
}
