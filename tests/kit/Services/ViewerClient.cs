using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using SignalStream.Contracts;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.TestKit;

/// <summary>A viewer as a test sees it: everything that arrives, decoded and in order.</summary>
public sealed class ViewerClient : IAsyncDisposable
{
    private const int ReceiveBytes = 64 * 1024;

    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<byte[]> _frames = new();
    private readonly ConcurrentQueue<JsonElement> _answers = new();
    private Task _reading = Task.CompletedTask;

    /// <summary>Binary messages so far.</summary>
    public IReadOnlyList<byte[]> Frames => [.. _frames];

    /// <summary>Text messages so far.</summary>
    public IReadOnlyList<JsonElement> Answers => [.. _answers];

    /// <summary>Frames of samples so far, with their headers.</summary>
    public IReadOnlyList<(FrameHeader Header, byte[] Frame)> Samples =>
        [.. Frames.Select(f => (Header: Read(f), Frame: f)).Where(f => f.Header.Kind == FrameKind.Samples)];

    /// <summary>Events so far.</summary>
    public IReadOnlyList<V1.Event> Events =>
        [.. Frames.Where(f => f[0] == (byte)FrameKind.Event).Select(f => V1.Event.Parser.ParseFrom(f.AsSpan(FrameHeader.Size)))];

    public WebSocketState State => _socket.State;

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    /// <summary>Connects to a gateway.</summary>
    /// <param name="gateway">Its http address.</param>
    public static async Task<ViewerClient> ConnectAsync(Uri gateway)
    {
        var client = new ViewerClient();
        client._socket.Options.AddSubProtocol("signalstream.v1");
        var address = new UriBuilder(gateway) { Scheme = "ws", Path = "/ws" }.Uri;
        await client._socket.ConnectAsync(address, CancellationToken.None);
        client._reading = client.ReadAsync();
        return client;
    }

    /// <summary>Sends a command as text.</summary>
    public Task SendAsync(string json) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(json), WebSocketMessageType.Text, true, CancellationToken.None);

    /// <summary>Subscribes to streams or patterns and waits for the answer.</summary>
    public async Task SubscribeAsync(params string[] streams)
    {
        await SendAsync(JsonSerializer.Serialize(new { cmd = "subscribe", id = 1, streams }));
        await AnswerAsync("subscribed");
    }

    /// <summary>Waits for an answer of a type.</summary>
    public async Task<JsonElement> AnswerAsync(string type)
    {
        JsonElement? found = null;
        await Eventually.TrueAsync(() => (found = Find(type)) is not null);
        return found!.Value;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _socket.Dispose();
        _stop.Dispose();
    }

    private JsonElement? Find(string type)
    {
        foreach (var answer in _answers)
        {
            if (answer.GetProperty("type").GetString() == type)
                return answer;
        }

        return null;
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[ReceiveBytes];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer, _stop.Token);
                if (received.MessageType == WebSocketMessageType.Close)
                    return;
                message.Write(buffer, 0, received.Count);
                if (!received.EndOfMessage)
                    continue;
                Keep(message.ToArray(), received.MessageType);
                message.SetLength(0);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException)
        {
            // The connection is over; what came stays readable.
        }
    }

    private void Keep(byte[] message, WebSocketMessageType type)
    {
        if (type == WebSocketMessageType.Binary)
            _frames.Enqueue(message);
        else
            _answers.Enqueue(JsonDocument.Parse(message).RootElement);
    }

    private static FrameHeader Read(byte[] frame) =>
        FrameHeader.TryRead(frame, out var header) is var error && error == FrameError.None
            ? header
            : throw new InvalidDataException(error.Describe(frame));
}
