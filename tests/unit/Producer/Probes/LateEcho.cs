using System.Net;
using System.Net.Sockets;

namespace SignalStream.UnitTests.Producer.Probes;

/// <summary>Keeps what it gets, and sends all of it back when told.</summary>
internal sealed class LateEcho : IDisposable
{
    private readonly UdpClient _socket = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly List<UdpReceiveResult> _kept = [];

    public int Port => ((IPEndPoint)_socket.Client.LocalEndPoint!).Port;

    public int Answered { get; private set; }

    public async Task ReceivedAsync() => _kept.Add(await _socket.ReceiveAsync());

    public void AnswerBoth()
    {
        foreach (var kept in _kept)
        {
            _socket.Send(kept.Buffer, kept.RemoteEndPoint);
            Answered++;
        }
    }

    public void Dispose() => _socket.Dispose();
}
