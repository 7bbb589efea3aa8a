using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using SignalStream.Messaging;

namespace SignalStream.Producer.Probes;

/// <summary>A socket that sends numbered datagrams to one address and waits for the answer with the same number.</summary>
/// <param name="open">Makes the socket for an address.</param>
/// <param name="time">For the round trip.</param>
internal sealed class EchoSocket(Func<IPAddress, Socket> open, TimeProvider time) : IDisposable
{
    private const int LongestAnswer = 2048;

    private readonly byte[] _answer = new byte[LongestAnswer];
    private Socket? _socket;
    private IPEndPoint? _target;

    /// <summary>Sends once and waits.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="message">What is sent.</param>
    /// <param name="isAnswer">Whether bytes that came are the answer; null: they are none.</param>
    /// <param name="cancellationToken">The time-out.</param>
    public async ValueTask<ProbeAnswer> SendAsync(
        IPEndPoint target, ReadOnlyMemory<byte> message, Func<ReadOnlyMemory<byte>, ProbeOutcome?> isAnswer, CancellationToken cancellationToken)
    {
        var socket = await ToAsync(target, cancellationToken);
        var sent = time.GetTimestamp();
        await socket.SendAsync(message, SocketFlags.None, cancellationToken);
        while (true)
        {
            var count = await socket.ReceiveAsync(_answer, SocketFlags.None, cancellationToken);
            var elapsed = time.GetElapsedTime(sent).TotalMilliseconds;
            elapsed -= KernelTimes.SinceArrivalMs(socket, elapsed, time);
            switch (isAnswer(_answer.AsMemory(0, count)))
            {
                case ProbeOutcome.Answered:
                    return ProbeAnswer.Answered(elapsed);
                case { } other:
                    return new ProbeAnswer(other, 0, "the answer is an error");
                default:
                    // One that came too late for its own probe, or somebody else's.
                    continue;
            }
        }
    }

    public void Dispose() => _socket?.Dispose();

    private async ValueTask<Socket> ToAsync(IPEndPoint target, CancellationToken cancellationToken)
    {
        if (_socket is { } opened && target.Equals(_target))
            return opened;
        _socket?.Dispose();
        _socket = open(target.Address);
        // Only its answers are heard, and a closed port is told.
        await _socket.ConnectAsync(target, cancellationToken);
        _target = target;
        KernelTimes.Stamp(_socket);
        return _socket;
    }

    /// <summary>A number that no datagram before had, at the start of a payload.</summary>
    public static ulong Mark(Span<byte> payload, ref ulong number)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(payload, ++number);
        return number;
    }
}
