using System.Net;
using System.Net.Sockets;
using NATS.Client.Core;

namespace SignalStream.UnitTests.Nats;

public sealed class TransportTests
{
    /// <summary>Whoever gives a connection up does so while another thread waits on it.</summary>
    [Fact]
    public async Task Receive_DisposedMeanwhile_Ends()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var transport = await Transport.ConnectAsync("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, CancellationToken.None);
        using var server = await listener.AcceptSocketAsync();
        var buffer = new byte[16];
        await server.SendAsync("a"u8.ToArray());
        Assert.Equal(1, transport.Receive(buffer));

        var started = new TaskCompletionSource();
        var receiving = Task.Factory.StartNew(
            () =>
            {
                started.SetResult();
                return transport.Receive(buffer);
            },
            TaskCreationOptions.LongRunning);
        await started.Task;
        transport.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => receiving.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task ConnectAsync_CancelledWhileNobodyAnswers_Ends()
    {
        // A listener whose backlog is full answers nobody.
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        listener.Listen(0);
        var port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        var others = new List<Transport>();
        try
        {
            for (var i = 0; i < 64; i++)
            {
                using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
                others.Add(await Transport.ConnectAsync("::1", port, patience.Token));
            }

            Assert.Fail("The system took every connection.");
        }
        catch (OperationCanceledException)
        {
            // It was not held up for the minutes that the system would try.
        }
        finally
        {
            others.ForEach(o => o.Dispose());
        }
    }
}
