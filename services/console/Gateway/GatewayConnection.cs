using System.Net.WebSockets;
using System.Text.Json;

namespace SignalStream.Terminal.Gateway;

/// <summary>One WebSocket to a gateway: messages until it ends, and why it did.</summary>
internal sealed class GatewayConnection : IDisposable
{
    private const int LongestMessage = 4 << 20;
    private static readonly TimeSpan OpenTimeout = TimeSpan.FromSeconds(10);

    private readonly ClientWebSocket _socket = new();
    private byte[] _buffer = new byte[64 * 1024];

    public GatewayConnection()
    {
        _socket.Options.AddSubProtocol("signalstream.v1");
        _socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(5);
        _socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(10); // a peer that is gone without a word
    }

    /// <summary>Why there are no further messages.</summary>
    public string Ended { get; private set; } = "";

    /// <returns>Whether it is open and the command was sent.</returns>
    public async Task<bool> OpenAsync(GatewayAddress address, byte[] command, TimeProvider time, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(OpenTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await _socket.ConnectAsync(address.Socket, either.Token);
            await _socket.SendAsync(command, WebSocketMessageType.Text, true, either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Ended = $"no connection within {OpenTimeout.TotalSeconds} s";
        }
        catch (WebSocketException exception)
        {
            Ended = exception.InnerException?.Message ?? exception.Message;
        }

        return false;
    }

    /// <returns>Null at the end.</returns>
    public async Task<JsonElement?> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(cancellationToken);
        }
        catch (WebSocketException exception)
        {
            Ended = exception.InnerException?.Message ?? exception.Message;
        }
        catch (JsonException)
        {
            Ended = "a message was not JSON";
        }

        return null;
    }

    public void Dispose() => _socket.Dispose();

    private async Task<JsonElement?> ReadAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        while (true)
        {
            if (length == _buffer.Length)
            {
                if (length >= LongestMessage)
                {
                    Ended = $"a message was longer than {LongestMessage} bytes";
                    return null;
                }

                Array.Resize(ref _buffer, 2 * length);
            }

            var part = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                Ended = $"closed with {(int?)_socket.CloseStatus} {_socket.CloseStatusDescription}".TrimEnd();
                return null;
            }

            length += part.Count;
            if (part.EndOfMessage)
                return JsonDocument.Parse(_buffer.AsSpan(0, length).ToArray()).RootElement;
        }
    }
}
