using System.Net;
using System.Net.Sockets;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Kit;

public sealed class FaultProxyTests : IAsyncLifetime, IDisposable
{
    private readonly TcpListener _server = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(30));
    private FaultProxy _proxy = null!;

    public Task InitializeAsync()
    {
        _server.Start();
        _proxy = new FaultProxy(((IPEndPoint)_server.LocalEndpoint).Port);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task PieceBytes_Three_DeliversAllBytesInOrder()
    {
        _proxy.PieceBytes = 3;
        var (client, server) = await ConnectAsync();
        var sent = Enumerable.Range(0, 1_000).Select(i => (byte)i).ToArray();

        await client.GetStream().WriteAsync(sent, _deadline.Token);

        Assert.Equal(sent, await ReadAsync(server, sent.Length));
        Assert.Equal(sent.Length, _proxy.BytesToServer);
    }

    [Fact]
    public async Task Cut_OpenConnection_ResetsBothSides()
    {
        var (client, server) = await ConnectAsync();

        _proxy.Cut();

        await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(client, 1));
        await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(server, 1));
        await Eventually.TrueAsync(() => _proxy.OpenConnections == 0);
    }

    [Fact]
    public async Task Freeze_ThenThaw_HoldsBytesBackAndDeliversThemAll()
    {
        var (client, server) = await ConnectAsync();

        _proxy.Freeze();
        await client.GetStream().WriteAsync(new byte[] { 1, 2, 3 }, _deadline.Token);
        var reading = ReadAsync(server, 3);
        await server.GetStream().WriteAsync(new byte[] { 9 }, _deadline.Token);
        Assert.False(reading.IsCompleted);
        _proxy.Thaw();

        Assert.Equal([1, 2, 3], await reading);
        Assert.Equal([9], await ReadAsync(client, 1));
    }

    [Fact]
    public async Task CutAfterBytesToClient_MoreSent_DeliversNoMoreThanAChunkBeyond()
    {
        _proxy.CutAfterBytesToClient = 10;
        _proxy.PieceBytes = 5;
        var (client, server) = await ConnectAsync();

        await server.GetStream().WriteAsync(new byte[100], _deadline.Token);

        await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(client, 100));
        Assert.InRange(_proxy.BytesToClient, 10, 10);
    }

    [Fact]
    public async Task Refuse_Set_ClosesNewConnectionsAtOnce()
    {
        _proxy.Refuse = true;
        using var client = new TcpClient();

        // The reset may be there before the connect has returned.
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await client.ConnectAsync(IPAddress.Loopback, _proxy.Port, _deadline.Token);
            await ReadAsync(client, 1);
        });
        Assert.Equal(0, _proxy.OpenConnections);
    }

    public async Task DisposeAsync()
    {
        await _proxy.DisposeAsync();
        _server.Stop();
    }

    public void Dispose()
    {
        _server.Dispose();
        _deadline.Dispose();
    }

    private async Task<(TcpClient Client, TcpClient Server)> ConnectAsync()
    {
        var accepting = _server.AcceptTcpClientAsync(_deadline.Token);
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _proxy.Port, _deadline.Token);
        return (client, await accepting);
    }

    private async Task<byte[]> ReadAsync(TcpClient client, int count)
    {
        var bytes = new byte[count];
        await client.GetStream().ReadExactlyAsync(bytes, _deadline.Token);
        return bytes;
    }
}
