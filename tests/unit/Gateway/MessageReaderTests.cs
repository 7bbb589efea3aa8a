using System.Net.WebSockets;
using System.Text;
using SignalStream.Gateway.WebSockets;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Gateway;

public sealed class MessageReaderTests
{
    private const int Text = 0x81;
    private const int Compressed = 0xC1;

    private static readonly string Long = string.Concat(Enumerable.Range(0, 700).Select(i => $"{i} "));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    [InlineData(5000)]
    public void Read_MessageInPieces_GivesTheWholeText(int piece) =>
        Assert.Equal([$"Text {Long}"], ReaderKit.Shown(ReaderKit.ReadAll(new MessageReader(64 << 10, false), ReaderKit.Frame(Text, Encoding.UTF8.GetBytes(Long)), piece)));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public void Read_SeveralMessagesAndFragments_GivesEachInOrder(int piece)
    {
        byte[] bytes =
        [
            .. ReaderKit.Frame(Text, [.. "one"u8]), .. ReaderKit.Frame(Text, []), .. ReaderKit.Frame(0x01, [.. "th"u8]), .. ReaderKit.Frame(0x89, [.. "ping"u8]), .. ReaderKit.Frame(0x8A, [.. "pong"u8]),
            .. ReaderKit.Frame(0x80, [.. "ree"u8]), .. ReaderKit.Frame(Compressed, MessageDeflate.Deflate(Encoding.UTF8.GetBytes(Long))), .. ReaderKit.Frame(Text, [.. "plain"u8]),
            .. ReaderKit.Frame(0x82, [.. "bin"u8]), .. ReaderKit.Frame(0x88, [0x03, 0xE9, .. "bye"u8]),
        ];
        Assert.Equal(
            ["Text one", "Text ", "Ping ping", "Text three", $"Text {Long}", "Text plain", "Binary bin", "Close EndpointUnavailable"],
            ReaderKit.Shown(ReaderKit.ReadAll(new MessageReader(64 << 10, true), bytes, piece)));
    }

    [Theory]
    [InlineData(2000, "Text")]
    [InlineData(2001, "TooBig")]
    [InlineData(9000, "TooBig")]
    public void Read_AroundTheBound_RefusesWhatIsOver(int length, string kind)
    {
        var message = Encoding.ASCII.GetBytes(new string(' ', length));
        Assert.Equal(kind, Assert.Single(ReaderKit.ReadAll(new MessageReader(2000, false), ReaderKit.Frame(Text, message), 100)).Kind.ToString());
        var halves = (byte[])[.. ReaderKit.Frame(0x01, message[..1000]), .. ReaderKit.Frame(0x80, message[1000..])];
        Assert.Equal(kind, Assert.Single(ReaderKit.ReadAll(new MessageReader(2000, false), halves, 100)).Kind.ToString());
    }

    [Theory]
    [InlineData(65_536, "Text")]
    [InlineData(65_537, "Bomb")]
    [InlineData(50_000_000, "Bomb")]
    public void Read_CompressedAroundTheBound_RefusesWhatIsOverOnceInflated(int length, string kind)
    {
        var compressed = MessageDeflate.Deflate(new byte[length]);
        Assert.True(compressed.Length < 64 << 10);
        Assert.Equal(kind, Assert.Single(ReaderKit.ReadAll(new MessageReader(64 << 10, true), ReaderKit.Frame(Compressed, compressed), 4096)).Kind.ToString());
    }

    [Fact]
    public void Read_CompressedWithoutEffect_TakesAsMuchAsPlain()
    {
        var noise = new byte[64 << 10];
        new Random(1).NextBytes(noise);
        var compressed = MessageDeflate.Deflate(noise);
        Assert.True(compressed.Length > noise.Length);
        var message = Assert.Single(ReaderKit.ReadAll(new MessageReader(noise.Length, true), ReaderKit.Frame(0xC2, compressed), 4096));
        Assert.Equal((IncomingKind.Binary, Convert.ToHexString(noise)), (message.Kind, Convert.ToHexString(message.Bytes.Span)));
    }

    [Theory]
    [InlineData("FFFFFFFF")] // a block type that does not exist
    [InlineData("C6FFFFFF00")]
    public void Read_NoDeflate_IsAFaultOfThePayload(string hex) => Assert.Equal(
        [$"Fault {WebSocketCloseStatus.InvalidPayloadData}"],
        ReaderKit.Shown(ReaderKit.ReadAll(new MessageReader(1000, true), ReaderKit.Frame(Compressed, Convert.FromHexString(hex)), 1000)));

    [Fact]
    public void Read_CharacterThatCannotEndWell_IsAFaultBeforeTheFrameEnds()
    {
        var reader = new MessageReader(1000, false);
        Memory<byte> bytes = ReaderKit.Frame(Text, [.. "abc"u8, 0xF4, 0x90, 0x80, 0x80, .. "def"u8]);
        var (valid, wrong) = (bytes[..^6], bytes[^6..^5]);
        Assert.Equal(IncomingKind.Nothing, reader.Read(ref valid).Kind);
        Assert.Equal(new Incoming(IncomingKind.Fault, Code: WebSocketCloseStatus.InvalidPayloadData), reader.Read(ref wrong));
    }

    [Fact]
    public void Read_Ignoring_PassesOverAllButTheClose()
    {
        var reader = new MessageReader(1000, true) { Ignores = true };
        byte[] bytes = [.. ReaderKit.Frame(Text, new byte[5000]), .. ReaderKit.Frame(Compressed, [0xFF, 0xFF]), .. ReaderKit.Frame(Text, [0xFF]), .. ReaderKit.Frame(0x88, [])];
        Assert.Equal(IncomingKind.Close, Assert.Single(ReaderKit.ReadAll(reader, bytes, 64)).Kind);
    }
}
