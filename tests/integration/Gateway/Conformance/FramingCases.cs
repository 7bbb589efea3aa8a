using System.Text;

namespace SignalStream.IntegrationTests.Gateway.Conformance;

/// <summary>Sections 1 to 5 and 10: lengths, pings, reserved bits and opcodes, fragments.</summary>
internal static class FramingCases
{
    private const int Octets = 1;
    private const int ProtocolError = 1002;

    private static readonly string Hello = "Hello, world!";
    private static readonly int[] Lengths = [0, 125, 126, 127, 128, 65_535, 65_536];
    private static readonly byte[] NoText = [0x00, 0xFF, 0xFE, 0xFD, 0xFC, 0xFB, 0x00, 0xFF];

    public static IEnumerable<Case> All => [.. Messages, .. Pings, .. ReservedBits, .. Opcodes, .. Fragments, .. AutoFragments];

    private static IEnumerable<Case> Messages =>
    [
        .. Case.Each("1.1", Lengths, (name, length) => Echoed(name, 1, length)), Echoed("1.1.8", 1, 65_536) with { Chop = 997 },
        .. Case.Each("1.2", Lengths, (name, length) => Echoed(name, 2, length)), Echoed("1.2.8", 2, 65_536) with { Chop = 997 },
    ];

    private static IEnumerable<Case> Pings =>
    [
        Case.Passes("2.1", Send.Frames(Frame.Ping("")), Expect.Pong("")),
        Case.Passes("2.2", Send.Frames(Frame.Ping(Hello)), Expect.Pong(Hello)),
        Case.Passes("2.3", Send.Frames(Frame.Of(9, NoText)), new Expect(10, NoText)),
        Case.Passes("2.4", Send.Frames(Frame.Of(9, Filled(125))), new Expect(10, Filled(125))),
        Case.Closes("2.5", ProtocolError, Send.Frames(Frame.Of(9, Filled(126)))),
        Case.Passes("2.6", Send.Frames(Frame.Of(9, Filled(125))), new Expect(10, Filled(125))) with { Chop = Octets },
        Case.Passes("2.7", Send.Frames(Frame.Pong(""))),
        Case.Passes("2.8", Send.Frames(Frame.Pong("nobody asked"))),
        Case.Passes("2.9", Send.Frames(Frame.Pong("nobody asked"), Frame.Ping("asked")), Expect.Pong("asked")),
        Case.Passes("2.10", TenPings()),
        Case.Passes("2.11", TenPings()) with { Chop = Octets },
    ];

    private static IEnumerable<Case> ReservedBits =>
    [
        Case.Closes("3.1", ProtocolError, Send.Frames(Reserved(1, 1))),
        Case.Closes("3.2", ProtocolError, Send.Frames(Frame.Text(Hello), Reserved(1, 2), Frame.Ping("")), Expect.Echo(Hello)),
        Case.Closes("3.3", ProtocolError, Send.Frames(Frame.Text(Hello), Reserved(1, 3), Frame.Ping("")), Expect.Echo(Hello)) with { Chop = Case.WholeFrames },
        Case.Closes("3.4", ProtocolError, Send.Frames(Frame.Text(Hello), Reserved(1, 4), Frame.Ping("")), Expect.Echo(Hello)) with { Chop = Octets },
        Case.Closes("3.5", ProtocolError, Send.Frames(Reserved(2, 5))),
        Case.Closes("3.6", ProtocolError, Send.Frames(Reserved(9, 6))),
        Case.Closes("3.7", ProtocolError, Send.Frames(Frame.Of(8, [], reserved: 7))),
    ];

    private static IEnumerable<Case> Opcodes =>
    [
        Case.Closes("4.1.1", ProtocolError, Send.Frames(Frame.Of(3, []))),
        Case.Closes("4.1.2", ProtocolError, Send.Frames(Frame.Of(4, NoText))),
        AfterAText("4.1.3", 5, []), AfterAText("4.1.4", 6, NoText), AfterAText("4.1.5", 7, NoText) with { Chop = Octets },
        Case.Closes("4.2.1", ProtocolError, Send.Frames(Frame.Of(11, []))),
        Case.Closes("4.2.2", ProtocolError, Send.Frames(Frame.Of(12, NoText))),
        AfterAText("4.2.3", 13, []), AfterAText("4.2.4", 14, NoText), AfterAText("4.2.5", 15, NoText) with { Chop = Octets },
    ];

    private static IEnumerable<Case> Fragments =>
    [
        Case.Closes("5.1", ProtocolError, Send.Frames(Frame.Of(9, [1], fin: false), Frame.Rest("2"))),
        Case.Closes("5.2", ProtocolError, Send.Frames(Frame.Of(10, [1], fin: false), Frame.Rest("2"))),
        .. InChops(3, Case.Passes("", Send.Frames(Frame.Text("one", fin: false), Frame.Rest("two")), Expect.Echo("onetwo"))),
        .. InChops(6, Case.Passes(
            "", Send.Frames(Frame.Text("one", fin: false), Frame.Ping("between"), Frame.Rest("two")), Expect.Pong("between"), Expect.Echo("onetwo"))),
        .. InChops(9, Case.Closes("", ProtocolError, Send.Frames(Frame.Rest("of nothing"), Frame.Text(Hello)))),
        .. InChops(12, Case.Closes("", ProtocolError, Send.Frames(Frame.Rest("of nothing", fin: false), Frame.Text(Hello)))),
        Case.Closes("5.15", ProtocolError,
            Send.Frames(Frame.Text("one", fin: false), Frame.Rest("two"), Frame.Rest("of nothing", fin: false), Frame.Text("four")), Expect.Echo("onetwo")),
        Case.Closes("5.16", ProtocolError, Send.Frames(Twice(Frame.Rest("of nothing", fin: false), Frame.Text("two", fin: false), Frame.Rest("three")))),
        Case.Closes("5.17", ProtocolError, Send.Frames(Twice(Frame.Rest("of nothing"), Frame.Text("two", fin: false), Frame.Rest("three")))),
        Case.Closes("5.18", ProtocolError, Send.Frames(Frame.Text("one", fin: false), Frame.Text("two"))),
        Case.Passes("5.19",
            Send.Frames(Frame.Text("1", fin: false), Frame.Rest("2", fin: false), Frame.Ping("first")), Expect.Pong("first"),
            Send.Frames(Frame.Rest("3", fin: false), Frame.Rest("4", fin: false), Frame.Ping("second")), Expect.Pong("second"),
            Send.Frames(Frame.Rest("5")), Expect.Echo("12345")),
        Case.Passes("5.20",
            Send.Frames(
                Frame.Text("1", fin: false), Frame.Rest("2", fin: false), Frame.Ping("first"),
                Frame.Rest("3", fin: false), Frame.Rest("4", fin: false), Frame.Ping("second"), Frame.Rest("5")),
            Expect.Pong("first"), Expect.Pong("second"), Expect.Echo("12345")),
    ];

    private static IEnumerable<Case> AutoFragments => [Case.Passes("10.1.1", Fragmented(65_536, 1300), new Expect(1, Filled(65_536)))];

    private static byte[] Filled(int length) => [.. Enumerable.Repeat((byte)'*', length)];

    private static Case Echoed(string name, byte opcode, int length) =>
        Case.Passes(name, Send.Frames(Frame.Of(opcode, Filled(length))), new Expect(opcode, Filled(length)));

    private static Frame Reserved(byte opcode, int bits) => Frame.Of(opcode, Encoding.UTF8.GetBytes(Hello), reserved: bits);

    private static Step[] TenPings()
    {
        var texts = Enumerable.Range(0, 10).Select(i => $"ping {i}").ToArray();
        return [Send.Frames([.. texts.Select(Frame.Ping)]), .. texts.Select(Expect.Pong)];
    }

    /// <summary>An opcode that does not exist, between a text and a ping.</summary>
    private static Case AfterAText(string name, byte opcode, byte[] payload) => Case.Closes(
        name, ProtocolError, Send.Frames(Frame.Text(Hello), Frame.Of(opcode, payload), Frame.Ping("")), Expect.Echo(Hello));

    private static Frame[] Twice(params Frame[] frames) => [.. frames, .. frames];

    /// <summary>The same in one piece, frame by frame, and octet by octet.</summary>
    private static IEnumerable<Case> InChops(int number, Case of) =>
        new[] { 0, Case.WholeFrames, Octets }.Select((chop, i) => of with { Name = $"5.{number + i}", Chop = chop });

    private static Send Fragmented(int length, int each)
    {
        var frames = Filled(length).Chunk(each).ToArray();
        return Send.Frames([.. frames.Select((part, i) => Frame.Of((byte)(i == 0 ? 1 : 0), part, fin: i == frames.Length - 1))]);
    }
}
