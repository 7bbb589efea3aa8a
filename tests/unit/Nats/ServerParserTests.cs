using System.Text;
using NATS.Client.Core.Protocol;

namespace SignalStream.UnitTests.Nats;

public sealed class ServerParserTests
{
    private const int MaxPayload = 1024;

    // An exchange with nats-server 2.9, shortened where it is long, with every kind of command in it.
    private const string Exchange =
        "INFO {\"server_id\":\"NA\",\"version\":\"2.9.10\",\"max_payload\":1048576,\"headers\":true} \r\n"
        + "PONG\r\n"
        + "+OK\r\n"
        + "MSG signal.wave.17.ecg.bed-1 1 5\r\nhello\r\n"
        + "MSG svc.add 7 _INBOX.Rk2x9.12 3\r\n1+1\r\n"
        + "HMSG a 2 24 26\r\nNATS/1.0\r\nKey: value\r\n\r\nhi\r\n"
        + "HMSG _INBOX.x.1 3 16 16\r\nNATS/1.0 503\r\n\r\n\r\n"
        + "HMSG js.a 9 $JS.ACK.WAVES.c.1.2.3.1700000000000000000.0 12 14\r\nNATS/1.0\r\n\r\nok\r\n"
        + "MSG empty 1 0\r\n\r\n"
        + "PING\r\n"
        + "-ERR 'Permissions Violation for Publish to \"x\"'\r\n"
        + "MSG last.of.them.with.quite.a.long.subject.that.leaves.the.window.of.the.fast.way 12345678 14\r\nline\r\nand line\r\n";

    private static readonly byte[] Bytes = Encoding.ASCII.GetBytes(Exchange);

    [Fact]
    public void Parse_WholeExchange_YieldsEveryCommand() => Assert.Equal(
        [
            "Info {\"server_id\":\"NA\",\"version\":\"2.9.10\",\"max_payload\":1048576,\"headers\":true} ",
            "Pong ",
            "Ok ",
            "Msg signal.wave.17.ecg.bed-1 1 reply= headers= payload=hello",
            "Msg svc.add 7 reply=_INBOX.Rk2x9.12 headers= payload=1+1",
            "HMsg a 2 reply= headers=NATS/1.0\r\nKey: value\r\n\r\n payload=hi",
            "HMsg _INBOX.x.1 3 reply= headers=NATS/1.0 503\r\n\r\n payload=",
            "HMsg js.a 9 reply=$JS.ACK.WAVES.c.1.2.3.1700000000000000000.0 headers=NATS/1.0\r\n\r\n payload=ok",
            "Msg empty 1 reply= headers= payload=",
            "Ping ",
            "Err 'Permissions Violation for Publish to \"x\"'",
            "Msg last.of.them.with.quite.a.long.subject.that.leaves.the.window.of.the.fast.way 12345678 reply= headers= payload=line\r\nand line",
        ],
        Read([Bytes]));

    [Fact]
    public void Parse_CutAtEachByte_YieldsTheSameCommands()
    {
        var whole = Read([Bytes]);
        for (var cut = 0; cut <= Bytes.Length; cut++)
            Assert.Equal(whole, Read([Bytes[..cut], Bytes[cut..]]));
    }

    [Fact]
    public void Parse_CutAtEachPairOfBytes_YieldsTheSameCommands()
    {
        var whole = string.Join('|', Read([Bytes]));
        for (var first = 0; first < Bytes.Length; first++)
        {
            for (var second = first + 1; second <= Bytes.Length; second++)
            {
                if (string.Join('|', Read([Bytes[..first], Bytes[first..second], Bytes[second..]])) != whole)
                    Assert.Fail($"Cut at {first} and {second} it reads differently.");
            }
        }
    }

    [Fact]
    public void Parse_ByteAfterByte_YieldsTheSameCommands() =>
        Assert.Equal(Read([Bytes]), Read(Bytes.Select(b => new[] { b })));

    [Theory]
    [InlineData("msg a 1 2\r\nhi\r\n", "Msg a 1 reply= headers= payload=hi")]
    [InlineData("MSG  a\t1  2\r\nhi\r\n", "Msg a 1 reply= headers= payload=hi")]
    [InlineData("MSG a 1 r  2\r\nhi\r\n", "Msg a 1 reply=r headers= payload=hi")]
    [InlineData("HMSG a 1  r 12  12\r\nNATS/1.0\r\n\r\n\r\n", "HMsg a 1 reply=r headers=NATS/1.0\r\n\r\n payload=")]
    [InlineData("MSG grüße 1 2\r\nhi\r\n", "Msg grüße 1 reply= headers= payload=hi")]
    public void Parse_UnusualButAllowed_IsRead(string text, string expected)
    {
        Assert.Equal([expected], Read([Encoding.UTF8.GetBytes(text)]));
        Assert.Equal(expected, Read([Encoding.UTF8.GetBytes(text + Exchange)])[0]);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("MSG a 1\r\n")]
    [InlineData("MSG a 1 b c 2\r\nhi\r\n")]
    [InlineData("MSG a x 2\r\nhi\r\n")]
    [InlineData("MSG a -1 2\r\nhi\r\n")]
    [InlineData("MSG a 1 2x\r\nhi\r\n")]
    [InlineData("MSG a 1 9999999999\r\n")]
    [InlineData("MSG a 1 1025\r\n")]
    [InlineData("MSG a 1 2\r\nhi!!\r\n")]
    [InlineData("MSG a 1 2\nhi\r\n")]
    [InlineData("HMSG a 1 5 2\r\nhi\r\n")]
    [InlineData("PANG\r\n")]
    [InlineData("\r\n")]
    [InlineData("X")]
    public void Parse_NoProtocol_IsRefused(string text)
    {
        Assert.Throws<ProtocolViolationException>(() => Read([Encoding.ASCII.GetBytes(text)]));
        Assert.Throws<ProtocolViolationException>(() => Read([Encoding.ASCII.GetBytes(text + Exchange)]));
    }

    [Fact]
    public void Parse_EndlessLine_IsRefusedAtTheLimit()
    {
        var line = Encoding.ASCII.GetBytes("MSG " + new string('a', ServerParser.MaxControlLine + 100));
        Assert.Equal(0, ServerParser.Parse(line.AsSpan(0, ServerParser.MaxControlLine), MaxPayload, out _));
        Assert.Throws<ProtocolViolationException>(() => ServerParser.Parse(line, MaxPayload, out _));
    }

    [Fact]
    public void Parse_BodyIncomplete_SaysHowMuchIsNeeded() =>
        Assert.Equal(-("MSG a 1 100\r\n".Length + 102), ServerParser.Parse("MSG a 1 100\r\nabc"u8, MaxPayload, out _));

    private static List<string> Read(IEnumerable<byte[]> parts)
    {
        var commands = new List<string>();
        byte[] rest = [];
        foreach (var part in parts)
        {
            rest = [.. rest, .. part];
            int read;
            while ((read = ServerParser.Parse(rest, MaxPayload, out var command)) > 0)
            {
                commands.Add(Describe(rest, command));
                rest = rest[read..];
            }
        }

        Assert.Empty(rest);
        return commands;
    }

    private static string Describe(byte[] bytes, in ServerCommand command)
    {
        var text = (int start, int length) => Encoding.UTF8.GetString(bytes, start, length);
        if (command.Op > ServerOp.HMsg)
            return $"{command.Op} {text(command.BodyStart, command.BodyLength)}";
        var payload = text(command.BodyStart + command.HeaderLength, command.BodyLength - command.HeaderLength);
        return $"{command.Op} {text(command.SubjectStart, command.SubjectLength)} {command.Sid}"
            + $" reply={text(command.ReplyStart, command.ReplyLength)} headers={text(command.BodyStart, command.HeaderLength)} payload={payload}";
    }
}
