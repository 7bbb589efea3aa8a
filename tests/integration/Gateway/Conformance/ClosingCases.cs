using System.Text;

namespace SignalStream.IntegrationTests.Gateway.Conformance;

/// <summary>Section 7: how a connection ends.</summary>
internal static class ClosingCases
{
    private const int Normal = 1000;
    private const int ProtocolError = 1002;

    private static readonly Frame Goodbye = Frame.Close(Normal);
    private static readonly string LongestReason = new('*', 123);
    private static readonly byte[] Big = [.. Enumerable.Repeat("BAsd7&jh23"u8.ToArray(), 26_215).SelectMany(b => b).Take(256 << 10)];

    public static IEnumerable<Case> All =>
    [
        Case.Closes("7.1.1", Normal, Send.Frames(Frame.Text("last words"), Goodbye), Expect.Echo("last words")),
        Case.Closes("7.1.2", Normal, Send.Frames(Goodbye, Goodbye)),
        Case.Closes("7.1.3", Normal, Send.Frames(Goodbye, Frame.Ping("too late"))),
        Case.Closes("7.1.4", Normal, Send.Frames(Goodbye, Frame.Text("too late"))),
        Case.Closes("7.1.5", Normal, Send.Frames(Frame.Text("one", fin: false), Goodbye, Frame.Rest("two"))),
        Case.Closes("7.1.6", Normal, Send.Frames(Frame.Of(1, Big), Frame.Text("last words"), Goodbye, Frame.Ping("too late")), new Expect(1, Big), Expect.Echo("last words")),
        Case.Closes("7.3.1", Normal, Send.Frames(Frame.Of(8, []))),
        Case.Closes("7.3.2", ProtocolError, Send.Frames(Frame.Of(8, [3]))),
        Case.Closes("7.3.3", Normal, Send.Frames(Goodbye)),
        Case.Closes("7.3.4", Normal, Send.Frames(Frame.Close(Normal, "good-bye"))),
        Case.Closes("7.3.5", Normal, Send.Frames(Frame.Close(Normal, LongestReason))),
        Case.Closes("7.3.6", ProtocolError, Send.Frames(Frame.Close(Normal, LongestReason + "*"))),
        Case.Closes("7.5.1", ProtocolError, // 1007 would do as well.
            Send.Frames(Frame.Of(8, [3, 0xE8, .. Encoding.UTF8.GetBytes("κόσμε"), 0xED, 0xA0, 0x80]))),
        .. Case.Each("7.7", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999], (name, code) => Case.Closes(name, code, Send.Frames(Frame.Close(code)))),
        .. Case.Each("7.9", [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999], (name, code) => Case.Closes(name, ProtocolError, Send.Frames(Frame.Close(code)))),
        Case.Closes("7.13.1", ProtocolError, Send.Frames(Frame.Close(5000))),
        Case.Closes("7.13.2", ProtocolError, Send.Frames(Frame.Close(65535))),
    ];
}
