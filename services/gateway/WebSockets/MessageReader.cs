using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text.Unicode;

namespace SignalStream.Gateway.WebSockets;

/// <summary>Makes messages up to a bound out of bytes, however these are cut (RFC 6455, section 5; compressed ones: RFC 7692).</summary>
/// <remarks>
/// What is wrong shows with the first byte that makes it so, text that is no UTF-8 included; the framework's own reader waits for
/// the end of the frame. Between messages it holds no buffer.
/// </remarks>
/// <param name="maxBytes">Of a message, once it is inflated.</param>
/// <param name="mayCompress">Whether that was agreed on.</param>
internal sealed class MessageReader(int maxBytes, bool mayCompress) : IDisposable
{
    private readonly PooledBytes _message = new();
    private readonly PooledBytes _inflated = new();
    private FrameHead _head;
    private bool _hasHead;
    private long _taken;
    private int _opcode;
    private bool _isCompressed;
    private int _checked;
    private byte[] _control = [];

    /// <summary>Passes over what comes, but for a close.</summary>
    public bool Ignores { get; set; }

    private bool IsWithin => _opcode != Opcodes.Rest;

    /// <summary>Longest payload that is kept: the little by which deflate can make it longer is allowed for.</summary>
    private int MostKept => _isCompressed ? maxBytes + 1024 : maxBytes;

    /// <summary>Takes bytes from the front until something is whole or wrong, or none are left.</summary>
    /// <param name="bytes">As they came; they are unmasked in place.</param>
    public Incoming Read(ref Memory<byte> bytes)
    {
        Forget();
        while (true)
        {
            if (!_hasHead)
            {
                _hasHead = _head.TryTake(ref bytes);
                if (_head.IsWrong(IsWithin, mayCompress))
                    return Fault(WebSocketCloseStatus.ProtocolError);
                if (!_hasHead)
                    return default;
                if (Begin() is { Kind: not IncomingKind.Nothing } wrong)
                    return wrong;
            }

            var part = bytes[..(int)Math.Min(bytes.Length, _head.Length - _taken)];
            bytes = bytes[part.Length..];
            if (Take(part.Span) is { Kind: not IncomingKind.Nothing } fault)
                return fault;
            if (_taken < _head.Length)
                return default;
            if (End() is { Kind: not IncomingKind.Nothing } whole)
                return whole;
        }
    }

    public void Dispose()
    {
        _message.Clear();
        _inflated.Clear();
    }

    /// <summary>What was lent is given back.</summary>
    private void Forget()
    {
        if (!_hasHead)
            _control = [];
        if (IsWithin)
            return;
        _message.Clear();
        _inflated.Clear();
    }

    private static Incoming Fault(WebSocketCloseStatus code) => new(IncomingKind.Fault, Code: code);

    private Incoming Begin()
    {
        _taken = 0;
        if (_head.IsControl)
        {
            _control = _head.Length == 0 ? [] : new byte[_head.Length];
            return default;
        }

        if (!IsWithin)
        {
            (_opcode, _isCompressed, _checked) = (_head.Opcode, _head.IsCompressed, 0);
        }

        if (Ignores || _head.Length <= MostKept - _message.Length)
            return default;
        Ignores = true;
        return new Incoming(IncomingKind.TooBig);
    }

    private Incoming Take(Span<byte> part)
    {
        _head.Unmask(part, _taken);
        if (_head.IsControl)
            part.CopyTo(_control.AsSpan((int)_taken));
        else if (!Ignores)
            _message.Append(part);
        _taken += part.Length;
        if (_head.IsControl || Ignores || _isCompressed || _opcode != Opcodes.Text)
            return default;
        var isValid = Utf8Check.TryTake(_message.Span[_checked..], out var whole);
        _checked += whole;
        return isValid ? default : Fault(WebSocketCloseStatus.InvalidPayloadData);
    }

    private Incoming End()
    {
        var ended = _head;
        _head.Clear();
        _hasHead = false;
        if (ended.IsControl)
            return Control(ended.Opcode);
        if (!ended.IsLast)
            return default;
        var kind = _opcode == Opcodes.Text ? IncomingKind.Text : IncomingKind.Binary;
        _opcode = Opcodes.Rest;
        if (Ignores)
            return default;
        if (_isCompressed)
            return Inflate(kind);
        return kind == IncomingKind.Text && _checked < _message.Length
            ? Fault(WebSocketCloseStatus.InvalidPayloadData)
            : new Incoming(kind, _message.Memory);
    }

    private Incoming Inflate(IncomingKind kind)
    {
        switch (Inflation.Inflate(_message, _inflated, maxBytes))
        {
            case InflationResult.TooBig:
                return new Incoming(IncomingKind.Bomb);
            case InflationResult.Whole when kind == IncomingKind.Binary || Utf8.IsValid(_inflated.Span):
                return new Incoming(kind, _inflated.Memory);
            default:
                return Fault(WebSocketCloseStatus.InvalidPayloadData);
        }
    }

    private Incoming Control(int opcode) => opcode switch
    {
        Opcodes.Ping => new Incoming(IncomingKind.Ping, _control),
        Opcodes.Pong => default,
        _ when _control.Length == 0 => new Incoming(IncomingKind.Close),
        _ when _control.Length == 1 || !IsCode(BinaryPrimitives.ReadUInt16BigEndian(_control)) || !Utf8.IsValid(_control.AsSpan(2)) =>
            Fault(WebSocketCloseStatus.ProtocolError),
        _ => new Incoming(IncomingKind.Close, Code: (WebSocketCloseStatus)BinaryPrimitives.ReadUInt16BigEndian(_control)),
    };

    /// <summary>One that may go over the wire: RFC 6455, section 7.4, and what is registered since.</summary>
    private static bool IsCode(int code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and < 5000);
}
