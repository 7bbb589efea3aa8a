using System.Text;
using NATS.Client.Core;
using NATS.Client.Core.Protocol;

namespace SignalStream.UnitTests.Nats;

public sealed class ClientCommandsTests
{
    [Theory]
    [InlineData(null, "", "", "PUB a.b 0\r\n\r\n")]
    [InlineData(null, "", "hello", "PUB a.b 5\r\nhello\r\n")]
    [InlineData("r.1", "", "hello", "PUB a.b r.1 5\r\nhello\r\n")]
    [InlineData(null, "NATS/1.0\r\n\r\n", "hi", "HPUB a.b 12 14\r\nNATS/1.0\r\n\r\nhi\r\n")]
    [InlineData("r", "NATS/1.0\r\n\r\n", "", "HPUB a.b r 12 12\r\nNATS/1.0\r\n\r\n\r\n")]
    public void WritePublish_AllShapes_AreProtocol(string? reply, string headers, string payload, string expected) =>
        Assert.Equal(expected, Publish("a.b", reply, headers, payload));

    [Fact]
    public void WritePublish_AnyLength_HasItsDigits()
    {
        foreach (var length in new[] { 0, 9, 10, 99, 100, 999, 1_000, 9_999, 10_000, 99_999, 100_000, 999_999, 1_000_000 })
        {
            var payload = new string('x', length);
            Assert.Equal($"PUB s {length}\r\n{payload}\r\n", Publish("s", null, "", payload));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a\r\nPUB evil 0")]
    [InlineData("a\tb")]
    public void WritePublish_SubjectThatWouldBeProtocol_IsRefused(string subject)
    {
        Assert.Throws<NatsException>(() => Publish(subject, null, "", ""));
        Assert.Throws<NatsException>(() => ClientCommands.CheckSubject(subject));
        if (subject.Length > 0)
            Assert.Throws<NatsException>(() => Publish("a", subject, "", ""));
    }

    [Fact]
    public void CopyUnsentPublishes_CutAnywhere_KeepsExactlyThePublishesTheServerCannotHave()
    {
        string[] commands = ["PUB a 5\r\nPUB x\r\n", "SUB x 1\r\n", "PING\r\n", "HPUB b r 12 14\r\nNATS/1.0\r\n\r\nhi\r\n", "UNSUB 1\r\n", "PONG\r\n", "PUB c 0\r\n\r\n"];
        var bytes = Encoding.ASCII.GetBytes(string.Concat(commands));
        for (var sent = 0; sent <= bytes.Length; sent++)
        {
            var kept = new byte[bytes.Length];
            var length = ClientCommands.CopyUnsentPublishes(bytes, sent, kept, out _);
            Assert.Equal(Expected(commands, sent), Encoding.ASCII.GetString(kept, 0, length));
        }
    }

    private static string Expected(string[] commands, int sent)
    {
        var expected = "";
        var end = 0;
        foreach (var command in commands)
        {
            end += command.Length;
            if (end > sent && command.Contains("PUB ", StringComparison.Ordinal) && command[0] != 'U')
                expected += command;
        }

        return expected;
    }

    private static string Publish(string subject, string? reply, string headers, string payload)
    {
        var target = new ReplySubject(reply);
        var span = new byte[ClientCommands.MaxPublishLength(subject, target, headers.Length, payload.Length)];
        var length = ClientCommands.WritePublish(span, subject, target, Encoding.ASCII.GetBytes(headers), Encoding.ASCII.GetBytes(payload), check: true);
        return Encoding.ASCII.GetString(span, 0, length);
    }
}
