using SignalStream.Gateway.Relay;

namespace SignalStream.UnitTests.Gateway;

public class FramingTests
{
    [Theory]
    [InlineData(0, new byte[] { 0x82, 0 })]
    [InlineData(125, new byte[] { 0x82, 125 })]
    [InlineData(126, new byte[] { 0x82, 126, 0, 126 })]
    [InlineData(65_535, new byte[] { 0x82, 126, 0xFF, 0xFF })]
    [InlineData(65_536, new byte[] { 0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0 })]
    public void Message_OfALength_HasTheShortestHead(int length, byte[] head)
    {
        var payload = new byte[length];
        Array.Fill(payload, (byte)7);
        Assert.Equal([.. head, .. payload], Framing.Message(Framing.Binary, payload));
    }

    [Fact]
    public void CloseMessage_CodeAndReason_AreBothThere() =>
        Assert.Equal([0x88, 4, 0x03, 0xF3, (byte)'b', (byte)'y'], Framing.CloseMessage(new ViewerClose((System.Net.WebSockets.WebSocketCloseStatus)1011, "by", "x")));

    [Fact]
    public void SharedFrame_Message_IsTheFrameBehindItsHead()
    {
        var kit = new RelayKit();
        var frame = kit.Shared(10, count: 100);
        Assert.Equal(Framing.Message(Framing.Binary, frame.Bytes.Span), frame.Message.ToArray());
    }
}
