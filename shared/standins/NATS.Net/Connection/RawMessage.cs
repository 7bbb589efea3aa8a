using NATS.Client.Core.Protocol;

namespace NATS.Client.Core;

/// <summary>A message where it was received: places in a buffer, nothing decoded.</summary>
internal readonly struct RawMessage
{
    private readonly int _start;
    private readonly int _bodyStart;
    private readonly int _bodyLength;
    private readonly int _headerLength;
    private readonly ushort _subjectLength;
    private readonly ushort _replyOffset;
    private readonly ushort _replyLength;

    public RawMessage(ReceiveBuffer buffer, int commandStart, in ServerCommand command)
    {
        Buffer = buffer;
        _start = commandStart + command.SubjectStart;
        _subjectLength = (ushort)command.SubjectLength;
        _replyOffset = (ushort)(command.ReplyLength == 0 ? 0 : command.ReplyStart - command.SubjectStart);
        _replyLength = (ushort)command.ReplyLength;
        _bodyStart = commandStart + command.BodyStart;
        _bodyLength = command.BodyLength;
        _headerLength = command.HeaderLength;
    }

    private RawMessage(in RawMessage message, ReceiveBuffer buffer, int start)
    {
        this = message;
        Buffer = buffer;
        _start = start;
        _bodyStart = start + (message._bodyStart - message._start);
    }

    public ReceiveBuffer Buffer { get; }

    public ReadOnlySpan<byte> Subject => new(Buffer.Bytes, _start, _subjectLength);

    public ReadOnlySpan<byte> Reply => new(Buffer.Bytes, _start + _replyOffset, _replyLength);

    public ReadOnlySpan<byte> Headers => new(Buffer.Bytes, _bodyStart, _headerLength);

    public bool HasHeaders => _headerLength > 0;

    public int PayloadStart => _bodyStart + _headerLength;

    public int PayloadLength => _bodyLength - _headerLength;

    public ReadOnlySpan<byte> Payload => new(Buffer.Bytes, PayloadStart, PayloadLength);

    /// <summary>The server's measure of a message.</summary>
    public int Size => _subjectLength + _replyLength + _bodyLength;

    /// <summary>Bytes from the subject to the end of the payload.</summary>
    public int Extent => _bodyStart + _bodyLength - _start;

    public bool HasNoResponders => PayloadLength == 0 && HasHeaders && HeaderBlock.StatusCode(Headers) == 503;

    /// <summary>The same message in another buffer.</summary>
    public RawMessage CopyTo(ReceiveBuffer buffer, int start)
    {
        System.Buffer.BlockCopy(Buffer.Bytes, _start, buffer.Bytes, start, Extent);
        return new(this, buffer, start);
    }
}
