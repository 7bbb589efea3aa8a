using System.Net.Sockets;
using NATS.Client.Core;

namespace SignalStream.UnitTests.Nats;

public sealed class TransportTests
{
    /// <summary>Whoever waits for what was read before would otherwise never be woken.</summary>
    [Fact]
    public async Task ReceiveAsync_ConnectionGone_IsToldByTheTaskAndNotAtOnce()
    {
        using var transport = new Transport(new Socket(SocketType.Stream, ProtocolType.Tcp));
        transport.Dispose();
        var receiving = transport.ReceiveAsync(new byte[16]);
        await Assert.ThrowsAnyAsync<Exception>(async () => await receiving);
    }
}
