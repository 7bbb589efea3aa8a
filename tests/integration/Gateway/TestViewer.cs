using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using SignalStream.Contracts;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Gateway;

/// <summary>A viewer that reads all that comes: frames into a list, texts into a queue.</summary>
internal sealed class TestViewer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ClientWebSocket _socket = new();
    private readonly Channel<JsonElement> _texts = Channel.CreateUnbounded<JsonElement>();
    private readonly ConcurrentQueue<byte[]> _frames = new();
    private Task _reading = Task.CompletedTask;

    public IReadOnlyCollection<byte[]> Frames => _frames;

    public WebSocketCloseStatus? ClosedWith => _socket.CloseStatus;

    public string? ClosedBecause => _socket.CloseStatusDescription;

    public string? SubProtocol => _socket.SubProtocol;

    /// <summary>What the gateway has agreed on; empty for nothing.</summary>
    public string Extensions => string.Join(", ", _socket.HttpResponseHeaders?.GetValueOrDefault("Sec-WebSocket-Extensions") ?? []);

    public int Status => (int)_socket.HttpStatusCode;

    /// <summary>Ends when the connection does.</summary>
    public Task Ended => _reading.WaitAsync(Patience, TimeProvider.System);

    public static async Task<TestViewer> ConnectAsync(
        GatewayHost gateway, string query = "", string? origin = null, string? protocol = "signalstream.v1", string? forwardedFor = null,
        WebSocketDeflateOptions? deflate = null)
    {
        var viewer = new TestViewer();
        viewer._socket.Options.CollectHttpResponseDetails = true;
        if (origin is not null)
            viewer._socket.Options.SetRequestHeader("Origin", origin);
        if (forwardedFor is not null)
            viewer._socket.Options.SetRequestHeader("X-Forwarded-For", forwardedFor);
        if (protocol is not null)
            viewer._socket.Options.AddSubProtocol(protocol);
        viewer._socket.Options.DangerousDeflateOptions = deflate;
        try
        {
            await viewer._socket.ConnectAsync(new UriBuilder(gateway.Address) { Scheme = "ws", Path = "/ws", Query = query }.Uri, default);
            viewer._reading = Task.Run(viewer.ReadAsync);
        }
        catch (WebSocketException)
        {
            // Refused: Status says with what.
        }

        return viewer;
    }

    /// <summary>Connected, greeted and subscribed.</summary>
    public static async Task<TestViewer> SubscribedAsync(GatewayHost gateway, params string[] streams)
    {
        var viewer = await ConnectAsync(gateway);
        await viewer.AskAsync($$"""{"cmd":"subscribe","streams":{{JsonSerializer.Serialize(streams)}}}""", "subscribed");
        return viewer;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public Task SendAsync(byte[] bytes, WebSocketMessageType type) => _socket.SendAsync(bytes, type, true, default);

    /// <summary>Sends a command and waits for its answer.</summary>
    public async Task<JsonElement> AskAsync(string command, string answerType)
    {
        await SendAsync(command);
        return await NextAsync(answerType);
    }

    /// <summary>The next text message of a type; others before it are passed over.</summary>
    public async Task<JsonElement> NextAsync(string type)
    {
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        while (true)
        {
            var text = await _texts.Reader.ReadAsync(patience.Token);
            if (text.GetProperty("type").GetString() == type)
                return text;
        }
    }

    /// <summary>Waits until so many frames of samples have come, and gives them.</summary>
    public async Task<IReadOnlyList<byte[]>> WavesAsync(int count)
    {
        await Eventually.TrueAsync(() => _frames.Count(IsWave) >= count);
        return [.. _frames.Where(IsWave)];
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _reading;
        _socket.Dispose();
    }

    private static bool IsWave(byte[] frame) => frame[0] == (byte)FrameKind.Samples;

    private async Task ReadAsync()
    {
        var buffer = new byte[1 << 20];
        try
        {
            while (true)
            {
                var length = 0;
                ValueWebSocketReceiveResult result;
                do
                {
                    result = await _socket.ReceiveAsync(buffer.AsMemory(length), default);
                    length += result.Count;
                }
                while (!result.EndOfMessage);

                if (result.MessageType == WebSocketMessageType.Close)
                    break;
                if (result.MessageType == WebSocketMessageType.Binary)
                    _frames.Enqueue(buffer[..length]);
                else
                    await _texts.Writer.WriteAsync(JsonDocument.Parse(buffer.AsMemory(0, length)).RootElement.Clone());
            }

            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Cut, or aborted by the test.
        }
        finally
        {
            _texts.Writer.TryComplete();
        }
    }
}
