using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace SignalStream.TestKit;

/// <summary>A TCP proxy on loopback that a test can make slow, deaf, choppy or dead. It reorders nothing.</summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<ProxiedConnection, Task> _open = new();
    private readonly Task _accepting;
    private volatile TaskCompletionSource _flow = Flowing();

    /// <param name="targetPort">Where connections go, on loopback.</param>
    public FaultProxy(int targetPort)
    {
        _target = targetPort;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string Url => string.Create(CultureInfo.InvariantCulture, $"nats://127.0.0.1:{Port}");

    /// <summary>Every chunk waits so long before it goes on.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Chunks are sent in pieces of so many bytes; 0 sends them whole.</summary>
    public int PieceBytes { get; set; }

    /// <summary>New connections are closed at once.</summary>
    public bool Refuse { get; set; }

    /// <summary>Cuts a connection once so many bytes have gone to the client on it: in the middle of a message, say.</summary>
    public long? CutAfterBytesToClient { get; set; }

    public int OpenConnections => _open.Count;

    public long BytesToServer { get; private set; }

    public long BytesToClient { get; private set; }

    /// <summary>Resets every connection; new ones are taken unless <see cref="Refuse"/> is set.</summary>
    public void Cut()
    {
        foreach (var connection in _open.Keys)
            connection.Dispose();
    }

    /// <summary>Bytes stop in both directions, connections stay open.</summary>
    public void Freeze() => _flow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Thaw() => _flow.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        Thaw();
        Cut();
        await _accepting;
        await Task.WhenAll(_open.Values);
        _stopping.Dispose();
        _listener.Dispose();
    }

    private static TaskCompletionSource Flowing()
    {
        var flow = new TaskCompletionSource();
        flow.SetResult();
        return flow;
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                Relay(await _listener.AcceptSocketAsync(_stopping.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // Stopped, or a client that was gone before it was taken.
            }
        }
    }

    private void Relay(Socket client)
    {
        var connection = new ProxiedConnection(this, client);
        if (Refuse)
        {
            connection.Dispose();
            return;
        }

        var done = new TaskCompletionSource();
        _open[connection] = done.Task;
        _ = connection.RunAsync().ContinueWith(
            _ =>
            {
                _open.TryRemove(connection, out var _);
                done.SetResult();
            },
            TaskScheduler.Default);
    }

    private sealed class ProxiedConnection(FaultProxy proxy, Socket client) : IDisposable
    {
        private readonly Socket _server = new(SocketType.Stream, ProtocolType.Tcp);
        private readonly CancellationTokenSource _cut = new();

        public async Task RunAsync()
        {
            client.NoDelay = _server.NoDelay = true;
            try
            {
                await _server.ConnectAsync(IPAddress.Loopback, proxy._target, _cut.Token);
                await Task.WhenAny(
                    PumpAsync(client, _server, sent => proxy.BytesToServer += sent),
                    PumpAsync(_server, client, CountToClient));
            }
            catch (Exception e) when (IsEnd(e))
            {
                // The server refused, or a cut came first.
            }

            Dispose();
        }

        // A linger of zero sends a reset, as a vanished peer would, instead of an orderly end.
        public void Dispose()
        {
            _cut.Cancel();
            foreach (var socket in new[] { client, _server })
            {
                try
                {
                    socket.LingerState = new LingerOption(true, 0);
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    // Closed or never connected: nothing to reset.
                }

                socket.Dispose();
            }
        }

        private static bool IsEnd(Exception e) => e is SocketException or OperationCanceledException or ObjectDisposedException;

        private async Task PumpAsync(Socket from, Socket to, Action<int> count)
        {
            var buffer = new byte[64 * 1024];
            try
            {
                int read;
                while ((read = await from.ReceiveAsync(buffer, _cut.Token)) > 0)
                    await ForwardAsync(to, buffer.AsMemory(0, read), count);
            }
            catch (Exception e) when (IsEnd(e))
            {
                // Either side ended or the test cut the line.
            }
        }

        private async Task ForwardAsync(Socket to, ReadOnlyMemory<byte> chunk, Action<int> count)
        {
            await proxy._flow.Task.WaitAsync(_cut.Token);
            if (proxy.Delay > TimeSpan.Zero)
                await Task.Delay(proxy.Delay, TimeProvider.System, _cut.Token);
            while (chunk.Length > 0)
            {
                var piece = proxy.PieceBytes > 0 ? Math.Min(proxy.PieceBytes, chunk.Length) : chunk.Length;
                await to.SendAsync(chunk[..piece], _cut.Token);
                count(piece);
                chunk = chunk[piece..];
            }
        }

        private long _toClient;

        private void CountToClient(int sent)
        {
            proxy.BytesToClient += sent;
            _toClient += sent;
            if (_toClient >= proxy.CutAfterBytesToClient)
                Dispose();
        }
    }
}
