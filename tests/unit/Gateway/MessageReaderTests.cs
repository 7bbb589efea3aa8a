using System.Net.WebSockets;
using System.Text;
using SignalStream.Gateway.WebSockets;

namespace SignalStream.UnitTests.Gateway;

public sealed class MessageReaderTests : IDisposable
{
    private readonly FakeWebSocket _socket = new();

    public void Dispose() => _socket.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    [InlineData(5000)]
    public async Task ReadAsync_MessageInFragments_GivesTheWholeText(int fragment)
    {
        var text = string.Concat(Enumerable.Range(0, 700).Select(i => $"{i} "));
        var bytes = Encoding.UTF8.GetBytes(text);
        for (var at = 0; at < bytes.Length; at += fragment)
            _socket.Push(WebSocketMessageType.Text, bytes[at..Math.Min(at + fragment, bytes.Length)], at + fragment >= bytes.Length);
        using var reader = new MessageReader(_socket, 64 << 10);
        var message = await reader.ReadAsync(default);
        Assert.Equal((IncomingKind.Text, text), (message.Kind, Encoding.UTF8.GetString(message.Bytes.Span)));
    }

    [Fact]
    public async Task ReadAsync_SeveralMessages_GivesEach()
    {
        foreach (var text in new[] { "one", "", "three" })
            _socket.Push(WebSocketMessageType.Text, Encoding.UTF8.GetBytes(text), true);
        using var reader = new MessageReader(_socket, 1000);
        foreach (var text in new[] { "one", "", "three" })
            Assert.Equal(text, Encoding.UTF8.GetString((await reader.ReadAsync(default)).Bytes.Span));
    }

    [Theory]
    [InlineData(2000, "Text")]
    [InlineData(2001, "TooBig")]
    [InlineData(9000, "TooBig")]
    public async Task ReadAsync_AroundTheBound_RefusesWhatIsOver(int length, string kind)
    {
        _socket.Push(WebSocketMessageType.Text, new byte[length], true);
        using var reader = new MessageReader(_socket, 2000);
        Assert.Equal(kind, (await reader.ReadAsync(default)).Kind.ToString());
    }

    [Theory]
    [InlineData(WebSocketMessageType.Binary, "Binary")]
    [InlineData(WebSocketMessageType.Close, "Closed")]
    public async Task ReadAsync_NoText_SaysSo(WebSocketMessageType type, string kind)
    {
        _socket.Push(type, type == WebSocketMessageType.Binary ? [1] : [], true);
        using var reader = new MessageReader(_socket, 2000);
        Assert.Equal(kind, (await reader.ReadAsync(default)).Kind.ToString());
    }
}
