using System.Text;

namespace SignalStream.IntegrationTests.Gateway.Conformance;

/// <summary>Section 6: text is UTF-8, and what is not fails at the first byte that makes it so.</summary>
/// <remarks>6.5 to 6.23 are after M. Kuhn, UTF-8 decoder capability and stress test.</remarks>
internal static class Utf8Cases
{
    private const int InvalidPayload = 1007;

    private static readonly string Greek = "κόσμε";
    private static readonly string Long = "Hello-µ@ßöäüàá-UTF-8!!";
    private static readonly byte[] GreekBytes = Encoding.UTF8.GetBytes(Greek);

    /// <summary>Decodes to a surrogate; valid before and behind.</summary>
    private static readonly byte[] Surrogate = [.. GreekBytes, 0xED, 0xA0, 0x80, .. "edited"u8];

    /// <summary>Would decode to 0x110000, which is seen at its second byte.</summary>
    private static readonly byte[] TooHigh = [0xF4, 0x90, 0x80, 0x80];

    /// <summary>Sequences that lack their last byte.</summary>
    private static readonly string[] Incomplete = ["C0", "E080", "F08080", "F8808080", "FC80808080", "DF", "EFBF", "F7BFBF", "FBBFBFBF", "FDBFBFBFBF"];

    public static IEnumerable<Case> All => [.. Fragments, .. FailFast, .. Sequences];

    private static IEnumerable<Case> Fragments =>
    [
        Case.Passes("6.1.1", Send.Frames(Frame.Text("")), Expect.Echo("")),
        Case.Passes("6.1.2", Send.Frames(Frame.Text("", fin: false), Frame.Rest("", fin: false), Frame.Rest("")), Expect.Echo("")),
        Case.Passes("6.1.3", Send.Frames(Frame.Text("", fin: false), Frame.Rest("middle", fin: false), Frame.Rest("")), Expect.Echo("middle")),
        Case.Passes("6.2.1", Send.Frames(Frame.Text(Long)), Expect.Echo(Long)),
        Case.Passes("6.2.2", Send.Frames(Frame.Text(Long[..10], fin: false), Frame.Rest(Long[10..])), Expect.Echo(Long)),
        Case.Passes("6.2.3", Split(Encoding.UTF8.GetBytes(Long)), Expect.Echo(Long)),
        Case.Passes("6.2.4", Split(GreekBytes), Expect.Echo(Greek)),
        Case.Closes("6.3.1", InvalidPayload, Send.Frames(Frame.Of(1, Surrogate))),
        Case.Closes("6.3.2", InvalidPayload, Split(Surrogate)),
    ];

    /// <summary>The rest is never sent: the close must come without it. A ping proves that what went before was taken.</summary>
    private static IEnumerable<Case> FailFast =>
    [
        Case.Closes("6.4.1", InvalidPayload, Begun, Expect.Pong("so far"), Send.Frames(Frame.Of(0, TooHigh, fin: false))),
        Case.Closes("6.4.2", InvalidPayload, Begun, Expect.Pong("so far"), Send.Frames(Frame.Of(0, TooHigh[..1], fin: false), Frame.Of(0, TooHigh[1..2], fin: false))),
        Case.Closes("6.4.3", InvalidPayload, Within(TooHigh.Length)),
        Case.Closes("6.4.4", InvalidPayload, Within(2)),
    ];

    /// <summary>One frame, of which the end stays away: its head, what is valid, and so much of what is not.</summary>
    private static Send Within(int wrong) => new([Frame.Of(1, [.. GreekBytes, .. TooHigh, .. "edited"u8]).ToBytes()[..(6 + GreekBytes.Length + wrong)]]);

    private static Send Begun => Send.Frames(Frame.Of(1, GreekBytes, fin: false), Frame.Ping("so far"));

    private static IEnumerable<Case> Sequences =>
    [
        .. Valid("6.5", "68656C6C6F24776F726C64", "68656C6C6FC2A2776F726C64", "68656C6C6FE282AC776F726C64", "68656C6C6FF0A4ADA2776F726C64", Hex(GreekBytes)),
        .. Case.Each("6.6", Enumerable.Range(1, GreekBytes.Length), Prefix),
        .. Valid("6.7", "00", "C280", "E0A080", "F0908080"),
        .. Invalid("6.8", "F888808080", "FC8480808080"),
        .. Valid("6.9", "7F", "DFBF", "EFBFBF", "F48FBFBF"),
        .. Invalid("6.10", "F7BFBFBF", "FBBFBFBFBF", "FDBFBFBFBFBF"),
        .. Valid("6.11", "ED9FBF", "EE8080", "EFBFBD", "F48FBFBF"),
        Text("6.11.5", false, "F4908080"),
        .. Invalid("6.12", "80", "BF", "80BF", "80BF80", "80BF80BF", "80BF80BF80", "80BF80BF80BF", Row(0x80, 0xBE, "")),
        .. Invalid("6.13", Row(0xC0, 0xDE, "20"), Row(0xE0, 0xEE, "20"), Row(0xF0, 0xF6, "20"), Row(0xF8, 0xFA, "20"), Row(0xFC, 0xFC, "20")),
        .. Invalid("6.14", Incomplete),
        .. Invalid("6.15", string.Concat(Incomplete)),
        .. Invalid("6.16", "FE", "FF", "FEFEFFFF"),
        .. Invalid("6.17", "C0AF", "E080AF", "F08080AF", "F8808080AF", "FC80808080AF"),
        .. Invalid("6.18", "C1BF", "E09FBF", "F08FBFBF", "F887BFBFBF", "FC83BFBFBFBF"),
        .. Invalid("6.19", "C080", "E08080", "F0808080", "F880808080", "FC8080808080"),
        .. Invalid("6.20", "EDA080", "EDADBF", "EDAE80", "EDAFBF", "EDB080", "EDBE80", "EDBFBF"),
        .. Invalid("6.21", [.. Pairs(["EDA080", "EDADBF", "EDAE80", "EDAFBF"], ["EDB080", "EDBFBF"])]),
        .. Valid("6.22", [.. NonCharacters()]),
        .. Valid("6.23", "EFBFB9", "EFBFBA", "EFBFBB", "EFBFBC", "EFBFBD", "EFBFBE", "EFBFBF"),
    ];

    /// <summary>A prefix of the Greek word: valid where a character ends.</summary>
    private static Case Prefix(string name, int length) =>
        Text(name, length == GreekBytes.Length || (GreekBytes[length] & 0xC0) != 0x80, Hex(GreekBytes[..length]));

    private static IEnumerable<Case> Valid(string section, params string[] payloads) => Case.Each(section, payloads, (name, hex) => Text(name, true, hex));

    private static IEnumerable<Case> Invalid(string section, params string[] payloads) => Case.Each(section, payloads, (name, hex) => Text(name, false, hex));

    private static Case Text(string name, bool valid, string hex)
    {
        var payload = Convert.FromHexString(hex);
        var sent = Send.Frames(Frame.Of(1, payload));
        return valid ? Case.Passes(name, sent, new Expect(1, payload)) : Case.Closes(name, InvalidPayload, sent);
    }

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes);

    private static string Row(int from, int to, string between) =>
        string.Concat(Enumerable.Range(from, to - from + 1).Select(b => $"{b:X2}{between}"));

    private static IEnumerable<string> Pairs(string[] high, string[] low) => high.SelectMany(h => low.Select(l => h + l));

    /// <summary>The last two of each plane: no characters, but valid.</summary>
    private static IEnumerable<string> NonCharacters() =>
        Enumerable.Range(0, 34).Select(i => Hex(Encoding.UTF8.GetBytes(char.ConvertFromUtf32(((i / 2) << 16) | 0xFFFE | (i % 2)))));

    /// <summary>One frame a byte.</summary>
    private static Send Split(byte[] text) =>
        Send.Frames([.. text.Select((b, i) => Frame.Of((byte)(i == 0 ? 1 : 0), [b], fin: i == text.Length - 1))]);
}
