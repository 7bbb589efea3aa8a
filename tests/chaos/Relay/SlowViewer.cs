using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace SignalStream.ChaosTests.Relay;

/// <summary>A viewer on a bare socket with a small window that takes so many bytes a second, and holds each account against what it has got.</summary>
internal sealed class SlowViewer : IAsyncDisposable
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(50);

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096, NoDelay = true };
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<uint, StreamTrack> _topics = [];
    private readonly List<byte> _bytes = [];
    private readonly List<string> _wrongAccounts = [];
    private Task _running = Task.CompletedTask;

    public Dictionary<string, StreamTrack> Tracks { get; } = [];

    /// <summary>Bytes a second; 0: it never reads.</summary>
    public volatile int Pace;

    /// <summary>Steps of the ladder that it was told.</summary>
    public List<int> Steps { get; } = [];

    /// <summary>Accounts that did not say what had come.</summary>
    public IReadOnlyList<string> WrongAccounts => _wrongAccounts;

    /// <summary>The last account of each stream: produced.</summary>
    public Dictionary<string, long> Produced { get; } = [];

    public int? ClosedWith { get; private set; }

    public static async Task<SlowViewer> ConnectAsync(int port, IReadOnlyList<string> streams, int pace)
    {
        var viewer = new SlowViewer { Pace = pace };
        for (var i = 0; i < streams.Count; i++)
            viewer.Tracks[streams[i]] = new StreamTrack(i);
        await viewer._socket.ConnectAsync(IPAddress.Loopback, port);
        await viewer._socket.SendAsync(Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"GET /ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")));
        var head = new byte[1];
        for (var text = ""; !text.EndsWith("\r\n\r\n", StringComparison.Ordinal); text += (char)head[0])
            await viewer._socket.ReceiveAsync(head);
        await viewer.SendAsync(JsonSerializer.Serialize(new { cmd = "subscribe", streams, types = ReturningViewer.Types }));
        viewer._running = Task.Run(viewer.RunAsync);
        return viewer;
    }

    public Task AskAsync() => SendAsync("{\"cmd\":\"accounts\"}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Dispose();
        await _running;
        _stop.Dispose();
    }

    // A mask of zeros leaves the payload as it is.
    private async Task SendAsync(string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        byte[] head = payload.Length < 126
            ? [0x81, (byte)(0x80 | payload.Length), 0, 0, 0, 0]
            : [0x81, 0xFE, (byte)(payload.Length >> 8), (byte)payload.Length, 0, 0, 0, 0];
        await _socket.SendAsync((byte[])[.. head, .. payload]);
    }

    private async Task RunAsync()
    {
        var buffer = new byte[1 << 20];
        try
        {
            while (!_stop.IsCancellationRequested && ClosedWith is null)
            {
                var most = Math.Min(buffer.Length, (int)(Pace * Turn.TotalSeconds));
                if (most > 0)
                {
                    var got = await _socket.ReceiveAsync(buffer.AsMemory(0, most), _stop.Token);
                    if (got == 0)
                        return;
                    _bytes.AddRange(buffer.AsSpan(0, got));
                    TakeMessages();
                }

                // So slow is it: so many bytes a turn.
                await Task.Delay(Turn, TimeProvider.System, _stop.Token);
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Closed by the gateway, or at the end.
        }
    }

    private void TakeMessages()
    {
        var bytes = _bytes.ToArray();
        var used = 0;
        while (bytes.Length - used >= 10)
        {
            var (head, length) = bytes[used + 1] switch
            {
                126 => (4, BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(used + 2))),
                127 => (10, (int)BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(used + 2))),
                var small => (2, small),
            };
            if (bytes.Length - used < head + length)
                break;
            Take(bytes[used] & 0x0F, bytes[(used + head)..(used + head + length)]);
            used += head + length;
        }

        _bytes.RemoveRange(0, used);
    }

    private void Take(int opcode, byte[] payload)
    {
        if (opcode == 2)
            _topics[BitConverter.ToUInt32(payload, 4)].Take(payload);
        else if (opcode == 8)
            ClosedWith = BinaryPrimitives.ReadUInt16BigEndian(payload);
        else if (opcode == 1)
            Hear(JsonDocument.Parse(payload).RootElement);
    }

    private void Hear(JsonElement message)
    {
        var type = message.GetProperty("type").GetString();
        if (type == "subscribed")
        {
            foreach (var stream in message.GetProperty("streams").EnumerateArray())
                _topics[stream.GetProperty("topic").GetUInt32()] = Tracks[stream.GetProperty("stream").GetString()!];
        }
        else if (type == "accounts")
        {
            Steps.Add(message.GetProperty("step").GetInt32());
            foreach (var account in message.GetProperty("streams").EnumerateArray())
                Check(account);
        }
    }

    private void Check(JsonElement account)
    {
        long Of(string name) => account.GetProperty(name).GetInt64();
        var name = account.GetProperty("stream").GetString()!;
        var track = Tracks[name];
        Produced[name] = Of("produced");
        if (Of("produced") != Of("delivered") + Of("thinned") + Of("dropped") || Of("delivered") != track.Delivered || Of("thinned") != track.Thinned)
            _wrongAccounts.Add(string.Create(CultureInfo.InvariantCulture, $"{account.GetRawText()}: came in full {track.Delivered}, thinned {track.Thinned}"));
    }
}
