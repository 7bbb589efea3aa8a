using System.Text;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Gateway.Conformance;

/// <summary>Compressed messages (RFC 7692): as sections 12 and 13 of the testsuite have them, its own examples, and what must not be.</summary>
internal static class DeflateCases
{
    public const string Offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";

    private const int ProtocolError = 1002;
    private const int InvalidPayload = 1007;
    private const int TooBig = 1009;

    /// <summary>What the case's gateway takes.</summary>
    private const int MostBytes = 1 << 20;

    private static readonly int[] Lengths = [0, 16, 64, 256, 1024, 4096, 8192, 16_384, 32_768, 65_536, 131_072];
    private static readonly string Json = string.Concat(Enumerable.Range(0, 200).Select(i => $"{{\"stream\":\"ecg.bed-{i}\"}},"));
    private static readonly byte[] Packed = MessageDeflate.Deflate(Encoding.UTF8.GetBytes(Json));

    public static IEnumerable<Case> All =>
        new[] { Lengthy("12.1", Lengths, 0), Lengthy("12.2", Lengths, 997), Fragmented, Examples, Marks, Broken }.SelectMany(c => c).Select(c => c with { Deflates = true });

    private static IEnumerable<Case> Fragmented => Case.Each("12.3", [1, 2, 5, 64, 1024], (name, each) =>
    {
        var parts = Packed.Chunk(each).ToArray();
        return Case.Passes(name, Send.Frames([.. parts.Select((part, i) => i == 0
            ? Frame.Of(1, part, fin: parts.Length == 1, reserved: 4)
            : Frame.Of(0, part, fin: i == parts.Length - 1))]), Expect.Echo(Json));
    });

    /// <summary>Section 7.2.3 of the RFC: blocks of each kind, one that is marked as the last, two blocks, and nothing.</summary>
    private static IEnumerable<Case> Examples => Case.Each(
        "7.2.3", ["F248CDC9C90700", "000500FAFF48656C6C6F00", "F348CDC9C9070000", "F24805000000FFFFCAC9C90700"],
        (name, hex) => Case.Passes($"rfc7692.{name}", Send.Frames(Frame.Of(1, Convert.FromHexString(hex), reserved: 4)), Expect.Echo("Hello")));

    private static IEnumerable<Case> Marks =>
    [
        Case.Passes("rsv1.plain", Send.Frames(Frame.Text(Json), Frame.Deflated(Json), Frame.Text("short")), Expect.Echo(Json), Expect.Echo(Json), Expect.Echo("short")),
        Case.Passes("rsv1.empty", Send.Frames(Frame.Of(1, [], reserved: 4)), Expect.Echo("")),
        Case.Passes("rsv1.binary", Send.Frames(Frame.Of(2, Packed, reserved: 4)), new Expect(2, Encoding.UTF8.GetBytes(Json))),
        Case.Passes("rsv1.ping-between",
            Send.Frames(Frame.Of(1, Packed[..9], fin: false, reserved: 4), Frame.Ping("between"), Frame.Of(0, Packed[9..])), Expect.Pong("between"), Expect.Echo(Json)),
        Case.Closes("rsv1.rest", ProtocolError, Send.Frames(Frame.Of(1, Packed[..9], fin: false, reserved: 4), Frame.Of(0, Packed[9..], reserved: 4))),
        Case.Closes("rsv1.rest-of-plain", ProtocolError, Send.Frames(Frame.Text("one", fin: false), Frame.Of(0, Packed, reserved: 4))),
        Case.Closes("rsv1.ping", ProtocolError, Send.Frames(Frame.Of(9, [], reserved: 4))),
        Case.Closes("rsv1.pong", ProtocolError, Send.Frames(Frame.Of(10, [], reserved: 4))),
        Case.Closes("rsv1.close", ProtocolError, Send.Frames(Frame.Of(8, [3, 0xE8], reserved: 4))),
        Case.Closes("rsv2", ProtocolError, Send.Frames(Frame.Of(1, Packed, reserved: 2))),
        Case.Closes("rsv3", ProtocolError, Send.Frames(Frame.Of(1, Packed, reserved: 1))),
        Case.Closes("rsv1-and-3", ProtocolError, Send.Frames(Frame.Of(1, Packed, reserved: 5))),
    ];

    private static IEnumerable<Case> Broken =>
    [
        Case.Closes("deflate.block", InvalidPayload, Send.Frames(Frame.Of(1, [0xFF, 0xFF, 0xFF, 0xFF], reserved: 4))),
        Case.Closes("deflate.text", InvalidPayload, Send.Frames(Frame.Of(1, Encoding.UTF8.GetBytes(Json), reserved: 4))),
        Case.Closes("deflate.utf8", InvalidPayload, Send.Frames(Frame.Of(1, MessageDeflate.Deflate([.. "text "u8, 0xED, 0xA0, 0x80]), reserved: 4))),
        Case.Passes("deflate.most", Send.Frames(Frame.Of(2, MessageDeflate.Deflate(new byte[MostBytes]), reserved: 4)), new Expect(2, new byte[MostBytes])),
        // Answered like any close, so that what still comes is read.
        Case.Closes("deflate.bomb", TooBig, Send.Frames(Frame.Of(2, MessageDeflate.Deflate(new byte[100 * MostBytes]), reserved: 4), Frame.Close(TooBig))),
        Case.Closes("plain.toobig", TooBig, Send.Frames(Frame.Of(2, new byte[MostBytes + 1]), Frame.Close(TooBig))),
    ];

    private static IEnumerable<Case> Lengthy(string section, IEnumerable<int> lengths, int chop) => Case.Each(section, lengths, (name, length) =>
    {
        var text = string.Concat(Enumerable.Repeat(Json, 1 + length / Json.Length))[..length];
        return Case.Passes(name, Send.Frames(Frame.Deflated(text)), Expect.Echo(text)) with { Chop = chop };
    });
}
