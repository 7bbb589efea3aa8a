using NATS.Client.Core.Protocol;

namespace NATS.Client.Core;

/// <summary>Reads commands out of large receive buffers. Messages stay where they are; a buffer is left when it is full.</summary>
internal sealed class ServerReader(Transport transport, ReceiveBufferPool pool, int maxPayload) : IDisposable
{
    /// <summary>With less room than this another buffer is begun rather than read into by the drop.</summary>
    private readonly int _leastRoom = Math.Min(4096, pool.BufferSize / 4);
    private ReceiveBuffer _buffer = pool.Rent();
    private int _parsed;
    private int _filled;
    private int _wanted;

    public ReceiveBuffer Buffer => _buffer;

    /// <summary>Where the last command began.</summary>
    public int CommandStart { get; private set; }

    public ReadOnlySpan<byte> Body(in ServerCommand command) =>
        _buffer.Bytes.AsSpan(CommandStart + command.BodyStart, command.BodyLength);

    /// <summary>The next command among what was received.</summary>
    public bool TryRead(out ServerCommand command)
    {
        var read = ServerParser.Parse(_buffer.Bytes.AsSpan(_parsed, _filled - _parsed), maxPayload, out command);
        if (read <= 0)
        {
            _wanted = -read;
            return false;
        }

        CommandStart = _parsed;
        _parsed += read;
        return true;
    }

    /// <summary>Waits for more bytes on the caller's thread.</summary>
    /// <exception cref="IOException">There will be none: the server closed the connection.</exception>
    public void Receive()
    {
        MakeRoom();
        Filled(transport.Receive(_buffer.Bytes.AsSpan(_filled)));
    }

    /// <summary>Takes what else is there by now, where the last time brought as much as there was room for.</summary>
    /// <returns>Whether there was something.</returns>
    public bool TryReceiveMore()
    {
        if (_filled < _buffer.Bytes.Length)
            return false;
        MakeRoom();
        return transport.TryReceive(_buffer.Bytes.AsSpan(_filled), out var count) && Filled(count);
    }

    public void Dispose() => _buffer.Seal();

    private bool Filled(int count)
    {
        if (count == 0)
            throw new IOException("The server closed the connection.");
        _filled += count;
        return true;
    }

    private void MakeRoom()
    {
        var rest = _filled - _parsed;
        if (rest == 0 && _buffer.TryReset())
            _parsed = _filled = 0;
        var needed = Math.Max(_wanted, rest + _leastRoom);
        if (_buffer.Bytes.Length - _parsed >= needed)
            return;

        var next = needed > pool.BufferSize ? new ReceiveBuffer(needed + _leastRoom, null) : pool.Rent();
        _buffer.Bytes.AsSpan(_parsed, rest).CopyTo(next.Bytes);
        _buffer.Seal();
        _buffer = next;
        _filled = rest;
        _parsed = 0;
    }
}
