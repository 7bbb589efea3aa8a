namespace SignalStream.Gateway.Relay;

/// <summary>How one viewer's messages go out.</summary>
/// <param name="toText">Writes a frame as JSON; null: frames go out binary.</param>
/// <param name="deflating">Messages that get shorter by it are compressed, and what that spares is counted here; null: none is.</param>
internal sealed class MessageForm(Func<ViewerStream, SharedFrame, ReadOnlyMemory<byte>>? toText = null, RelayMetrics? deflating = null)
{
    public static MessageForm Plain { get; } = new();

    /// <summary>Whether frames go out as all who share them have them.</summary>
    public bool IsPlain => toText is null && deflating is null;

    /// <summary>What goes out in the place of a frame; null: the frame itself.</summary>
    public byte[]? Of(ViewerStream stream, SharedFrame frame)
    {
        if (toText is not null)
            return Message(Framing.Text, toText(stream, frame).Span);
        if (deflating is null || frame.Deflated is not { } message)
            return null;
        deflating.Spared(frame.Message.Length - message.Length);
        return message;
    }

    public byte[] Message(byte opcode, ReadOnlySpan<byte> payload)
    {
        if (deflating is null || Deflation.Message(opcode, payload) is not { Length: > 0 } message)
            return Framing.Message(opcode, payload);
        deflating.Spared(Framing.HeadLength(payload.Length) + payload.Length - message.Length);
        return message;
    }
}
