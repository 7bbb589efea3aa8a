using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Gateway;

/// <summary>A viewer on a bare TCP connection with a small window, that reads only when a test says so.</summary>
internal sealed class RawViewer : IDisposable
{
    /// <summary>The first reserved bit of a frame's first byte.</summary>
    public const byte Compressed = 0x40;

    private readonly TcpClient _connection = new() { ReceiveBufferSize = 4096, NoDelay = true };
    private NetworkStream _stream = null!;

    /// <summary>The answer to the upgrade.</summary>
    public string Head { get; private set; } = "";

    /// <summary>Upgrades and subscribes; has read nothing behind the upgrade then.</summary>
    public static async Task<RawViewer> SubscribeAsync(GatewayHost gateway, string stream)
    {
        var viewer = await ConnectAsync(gateway);
        await viewer.SendAsync(0x81, Encoding.UTF8.GetBytes($$"""{"cmd":"subscribe","streams":["{{stream}}"]}"""));
        return viewer;
    }

    /// <summary>Upgrades.</summary>
    /// <param name="gateway">To which.</param>
    /// <param name="header">More lines of the request's head, each with its end.</param>
    /// <param name="path">Of the endpoint.</param>
    public static async Task<RawViewer> ConnectAsync(GatewayHost gateway, string header = "", string path = "/ws")
    {
        var viewer = new RawViewer();
        await viewer._connection.ConnectAsync(gateway.Address.Host, gateway.Address.Port);
        viewer._stream = viewer._connection.GetStream();
        await viewer._stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: {gateway.Address.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n{header}\r\n"));
        await viewer.ReadHeadAsync();
        return viewer;
    }

    /// <summary>The next message: opcode and payload, inflated if it came compressed.</summary>
    public async Task<(int Opcode, byte[] Payload)> ReadAsync()
    {
        var (first, payload) = await ReadFrameAsync();
        return (first & 0x0F, (first & Compressed) == 0 ? payload : MessageDeflate.Inflate(payload));
    }

    /// <summary>The next frame: its first byte, and what it carries as it is.</summary>
    public async Task<(byte First, byte[] Payload)> ReadFrameAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        var head = await ReadExactlyAsync(2, patience.Token);
        var length = (long)(head[1] & 0x7F);
        if (length == 126)
            length = BinaryPrimitives.ReadUInt16BigEndian(await ReadExactlyAsync(2, patience.Token));
        else if (length == 127)
            length = BinaryPrimitives.ReadInt64BigEndian(await ReadExactlyAsync(8, patience.Token));
        return (head[0], await ReadExactlyAsync((int)length, patience.Token));
    }

    /// <summary>Sends one short frame, its first byte as given; without the mask it breaks a rule.</summary>
    public async Task SendAsync(byte first, byte[] payload, bool masked = true)
    {
        // A mask of zeros leaves the payload as it is.
        byte[] head = masked ? [first, (byte)(0x80 | payload.Length), 0, 0, 0, 0] : [first, (byte)payload.Length];
        await _stream.WriteAsync((byte[])[.. head, .. payload]);
    }

    /// <summary>Writes bytes as they are.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes) => await _stream.WriteAsync(bytes);

    /// <summary>Reads to the end of the connection, before which nothing may come.</summary>
    public async Task ReadToEndAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        Assert.Equal(0, await _stream.ReadAsync(new byte[1], patience.Token));
    }

    /// <summary>Reads on to the next message of an opcode.</summary>
    public async Task<byte[]> ReadToAsync(int opcode)
    {
        while (true)
        {
            var (found, payload) = await ReadAsync();
            if (found == opcode)
                return payload;
        }
    }

    public void Dispose() => _connection.Dispose();

    private async Task ReadHeadAsync()
    {
        var head = "";
        while (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal))
            head += (char)(await ReadExactlyAsync(1, default))[0];
        Assert.StartsWith("HTTP/1.1 101", head, StringComparison.Ordinal);
        Head = head;
    }

    private async Task<byte[]> ReadExactlyAsync(int length, CancellationToken cancellationToken)
    {
        var bytes = new byte[length];
        await _stream.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }
}
