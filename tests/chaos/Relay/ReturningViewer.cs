using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using SignalStream.Messaging;
using SignalStream.TestKit;

namespace SignalStream.ChaosTests.Relay;

/// <summary>A viewer that comes back by itself, to whichever gateway answers, and asks for what it missed.</summary>
internal sealed class ReturningViewer : IAsyncDisposable
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static readonly string[] Types = ["wave"];

    private readonly FaultProxy[] _links;
    private readonly IReadOnlyList<string> _streams;
    private readonly Dictionary<uint, StreamTrack> _topics = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[] _buffer = new byte[1 << 20];
    private readonly Task _running;
    private int _turn;

    public ReturningViewer(IReadOnlyList<string> streams, IReadOnlyList<int> gatewayPorts)
    {
        _streams = streams;
        _links = [.. gatewayPorts.Select(port => new FaultProxy(port))];
        Tracks = streams.Select((s, i) => (s, Track: new StreamTrack(i))).ToDictionary(p => p.s, p => p.Track);
        _running = Task.Run(RunAsync);
    }

    public IReadOnlyDictionary<string, StreamTrack> Tracks { get; }

    public int Connections { get; private set; }

    /// <summary>The one that it is, or was last, connected to.</summary>
    public int Gateway { get; private set; }

    /// <summary>How far what it has last got of each stream lies behind now; the worst of them.</summary>
    public TimeSpan Behind => TimeSpan.FromTicks((EventTime.Of(TimeProvider.System.GetUtcNow()) - Tracks.Values.Min(t => t.LastTimeNs)) / 100);

    public bool HasLink { get; private set; } = true;

    public void CutLink()
    {
        HasLink = false;
        foreach (var link in _links)
        {
            link.Refuse = true;
            link.Cut();
        }
    }

    public void RestoreLink()
    {
        foreach (var link in _links)
            link.Refuse = false;
        HasLink = true;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        foreach (var link in _links)
            await link.DisposeAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            using var socket = new ClientWebSocket();
            try
            {
                await ConnectAsync(socket);
                Connections++;
                while (await ReceiveAsync(socket))
                {
                }
            }
            catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or HttpRequestException)
            {
                // Cut, refused, or nobody there: the other one, or the same again.
            }

            // Its own patience between two tries, as a client's is.
            await Task.Delay(Retry, TimeProvider.System, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ConnectAsync(ClientWebSocket socket)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        patience.CancelAfter(Patience);
        socket.Options.AddSubProtocol("signalstream.v1");
        Gateway = _turn++ % _links.Length;
        var link = _links[Gateway];
        await socket.ConnectAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"ws://127.0.0.1:{link.Port}/ws")), patience.Token);
        _topics.Clear();
        await socket.SendAsync(Encoding.UTF8.GetBytes(Subscription()), WebSocketMessageType.Text, true, patience.Token);
    }

    private string Subscription()
    {
        var places = Tracks.Where(t => t.Value.Next is not null).ToDictionary(
            t => t.Key, t => (object)new { epoch = t.Value.Epoch, first = t.Value.Next!.Value });
        return places.Count == 0
            ? JsonSerializer.Serialize(new { cmd = "subscribe", streams = _streams, types = Types })
            : JsonSerializer.Serialize(new { cmd = "subscribe", streams = _streams, types = Types, from = places });
    }

    private async Task<bool> ReceiveAsync(ClientWebSocket socket)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        patience.CancelAfter(TimeSpan.FromSeconds(90));
        var length = 0;
        ValueWebSocketReceiveResult result;
        do
        {
            result = await socket.ReceiveAsync(_buffer.AsMemory(length), patience.Token);
            length += result.Count;
        }
        while (!result.EndOfMessage);

        if (result.MessageType == WebSocketMessageType.Binary)
            _topics.GetValueOrDefault(BitConverter.ToUInt32(_buffer, 4))?.Take(_buffer[..length]);
        else if (result.MessageType == WebSocketMessageType.Text)
            Hear(JsonDocument.Parse(_buffer.AsMemory(0, length)).RootElement);
        return result.MessageType != WebSocketMessageType.Close;
    }

    private void Hear(JsonElement message)
    {
        if (message.GetProperty("type").GetString() is "error")
            throw new WebSocketException(message.GetRawText()); // A gateway that does not know the stream yet: once more.
        if (message.GetProperty("type").GetString() is not "subscribed")
            return;
        foreach (var stream in message.GetProperty("streams").EnumerateArray())
            _topics[stream.GetProperty("topic").GetUInt32()] = Tracks[stream.GetProperty("stream").GetString()!];
    }
}
