using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using SignalStream.Contracts;

namespace SignalStream.Benchmarks.Relay;

/// <summary>Publishes frames of many streams on one bare NATS connection, evenly spread over the interval unless in bursts.</summary>
internal sealed class FramePublisher : IDisposable
{
    /// <summary>Four samples and the header.</summary>
    public const int SmallFrame = 48;

    private readonly TcpClient _connection = new() { NoDelay = true };
    private readonly CancellationTokenSource _stop = new();
    private readonly byte[][] _commands;
    private readonly int _payloadAt;
    private readonly int _burst;
    private readonly int _samples;
    private readonly float _rateHz;
    private readonly double _framesPerSecond;
    private readonly Thread _thread;
    private readonly float[]? _signal;
    private long _published;

    /// <param name="natsUrl">Of the server.</param>
    /// <param name="streams">Names.</param>
    /// <param name="rateHz">Frames a second of each.</param>
    /// <param name="burst">So many frames of each at once, the mean rate kept; 1 spreads them evenly.</param>
    /// <param name="frameBytes">Of each frame, header included.</param>
    /// <param name="signal">Of which the samples are; null: each is its stream's number, by which some servers' viewers know the stream.</param>
    public FramePublisher(
        string natsUrl, IReadOnlyList<string> streams, double rateHz, int burst, int frameBytes = SmallFrame, float[]? signal = null)
    {
        _signal = signal;
        var server = new Uri(natsUrl);
        _connection.Connect(server.Host, server.Port);
        (_burst, _framesPerSecond) = (burst, rateHz * streams.Count);
        _samples = Math.Max(1, (frameBytes - FrameHeader.Size) / sizeof(float));
        _rateHz = (float)(rateHz * _samples);
        var size = FrameHeader.Size + (sizeof(float) * _samples);
        _commands = [.. streams.Select(s => Encoding.ASCII.GetBytes($"PUB {Load.SubjectOf(s)} {size}\r\n{new string(' ', size)}\r\n"))];
        _payloadAt = size + 2;
        _thread = new Thread(Run) { IsBackground = true, Name = "publisher" };
    }

    /// <summary>Frames so far.</summary>
    public long Published => Interlocked.Read(ref _published);

    public void Start()
    {
        _connection.Client.Send("CONNECT {\"verbose\":false}\r\n"u8);
        new Thread(AnswerPings) { IsBackground = true, Name = "pings" }.Start();
        _thread.Start();
    }

    public void Dispose()
    {
        _stop.Cancel();
        if (_thread.IsAlive)
            _thread.Join();
        _connection.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        var started = Load.NowNs();
        var epoch = (uint)(started / 1_000_000_000);
        var batch = new byte[1 << 20];
        for (long done = 0; !_stop.IsCancellationRequested; Thread.Sleep(1))
        {
            var due = (long)((Load.NowNs() - started) / 1e9 * _framesPerSecond);
            var atOnce = (long)_commands.Length * _burst;
            if (_burst > 1)
                due -= due % atOnce;
            while (done < due)
            {
                var length = 0;
                for (; done < due && length < batch.Length - (_payloadAt + 512); done++)
                    length += Write(batch.AsSpan(length), done, epoch);
                _connection.Client.Send(batch.AsSpan(0, length));
                Interlocked.Exchange(ref _published, done);
            }
        }
    }

    private int Write(Span<byte> to, long number, uint epoch)
    {
        var stream = (int)(number % _commands.Length);
        var command = _commands[stream];
        command.CopyTo(to);
        var frame = to[(command.Length - _payloadAt)..];
        var first = (ulong)(number / _commands.Length) * (ulong)_samples;
        new FrameHeader(FrameKind.Samples, 0, _samples, 0, epoch, _rateHz, first, Load.NowNs()).Write(frame);
        for (var i = 0; i < _samples; i++)
            BinaryPrimitives.WriteSingleLittleEndian(frame[(FrameHeader.Size + sizeof(float) * i)..], _signal is null ? stream : SignalAt(stream, first + (ulong)i));
        return command.Length;
    }

    /// <summary>Streams begin a second apart, so that they are not all the same.</summary>
    private float SignalAt(int stream, ulong place) => _signal![(place + (ulong)(stream * _rateHz)) % (ulong)_signal.Length];

    private void AnswerPings()
    {
        var buffer = new byte[64 << 10];
        try
        {
            while (_connection.Client.Receive(buffer) is > 0 and var got)
            {
                if (buffer.AsSpan(0, got).IndexOf("PING\r\n"u8) >= 0)
                    _connection.Client.Send("PONG\r\n"u8);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Over.
        }
    }
}
