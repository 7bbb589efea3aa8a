using System.Text;
using NATS.Client.Core;
using NATS.Client.Core.Protocol;

namespace SignalStream.PropertyTests.Nats;

/// <summary>Whatever a server sends becomes commands or a protocol error: no other exception, no endless loop, no lie about lengths.</summary>
public sealed class ParserFuzzTests
{
    /// <summary>A million and some; more by the variable FUZZ_INPUTS.</summary>
    private const int DefaultInputs = 1_200_000;
    private const int MaxPayload = 1 << 16;

    private static readonly byte[][] Seeds =
    [
        .. new[]
        {
            "MSG signal.wave.17.ecg.bed-1 1 5\r\nhello\r\n",
            "MSG svc.add 7 _INBOX.Rk2x9.12 3\r\n1+1\r\n",
            "HMSG a 2 24 26\r\nNATS/1.0\r\nKey: value\r\n\r\nhi\r\n",
            "HMSG _INBOX.x.1 3 16 16\r\nNATS/1.0 503\r\n\r\n\r\n",
            "INFO {\"server_id\":\"NA\",\"max_payload\":1048576,\"connect_urls\":[\"1.2.3.4:4222\"]}\r\n",
            "PING\r\nPONG\r\n+OK\r\n-ERR 'Stale Connection'\r\n",
            "MSG empty 1 0\r\n\r\nMSG empty 1 0\r\n\r\n",
        }.Select(Encoding.ASCII.GetBytes),
    ];

    private static readonly byte[] Telling = Encoding.ASCII.GetBytes("MHSGINFOPE+-ROK 0123456789\r\n\t\0\x7f");

    [Fact]
    public void Parse_RandomAndMutatedInputs_GivesCommandsOrAProtocolError()
    {
        var inputs = int.TryParse(Environment.GetEnvironmentVariable("FUZZ_INPUTS"), out var wanted) ? wanted : DefaultInputs;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var outcomes = new long[2];
        Parallel.For(0, 64, chunk =>
        {
            var fuzzer = new Fuzzer(seed: chunk);
            for (var i = 0; i < inputs / 64; i++)
                Interlocked.Increment(ref outcomes[Check(fuzzer.Next()) ? 0 : 1]);
        });

        Assert.Equal(inputs / 64 * 64, outcomes.Sum());
        Assert.All(outcomes, count => Assert.InRange(count, inputs / 20, inputs));
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 16 << 20);
    }

    [Fact]
    public void Parse_HeadersAndInfoOfMutatedInputs_GivesAResultOrACleanError()
    {
        var fuzzer = new Fuzzer(seed: 7);
        var good = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var bytes = fuzzer.Next(Encoding.ASCII.GetBytes("NATS/1.0 100 Idle\r\nA: b\r\nNats-Msg-Id: x\r\n\r\n"));
            good += Succeeds<NatsException>(() => HeaderBlock.Parse(bytes, Encoding.ASCII)) ? 1 : 0;
            good += Succeeds<ProtocolViolationException>(() => ServerInfo.Parse(bytes.AsSpan(Math.Min(5, bytes.Length)))) ? 1 : 0;
        }

        Assert.InRange(good, 1000, 399_000);
    }

    /// <summary>Reads it all and says whether it was protocol, as far as it went.</summary>
    private static bool Check(byte[] bytes)
    {
        try
        {
            var at = 0;
            int read;
            while ((read = ServerParser.Parse(bytes.AsSpan(at), MaxPayload, out var command)) > 0)
            {
                if (read > bytes.Length - at || command.BodyStart + command.BodyLength > read || command.SubjectStart + command.SubjectLength > read
                    || command.ReplyStart + command.ReplyLength > read || command.HeaderLength > command.BodyLength || command.Sid < 0)
                    Assert.Fail($"The command does not lie within its {read} bytes: {Convert.ToHexString(bytes)}");
                at += read;
            }

            if (read < 0 && -read <= bytes.Length - at)
                Assert.Fail($"It asks for {-read} bytes and has {bytes.Length - at}: {Convert.ToHexString(bytes)}");
            return true;
        }
        catch (ProtocolViolationException)
        {
            return false;
        }
    }

    private static bool Succeeds<TError>(Action parse)
        where TError : Exception
    {
        try
        {
            parse();
            return true;
        }
        catch (TError)
        {
            return false;
        }
    }

    private sealed class Fuzzer(int seed)
    {
        private readonly Random _random = new(seed);

        public byte[] Next() => _random.Next(4) switch
        {
            0 => Random(),
            1 => Next([.. Pick(), .. Pick(), .. Pick()]),
            _ => Next(Pick()),
        };

        /// <summary>The bytes with up to five things changed: a byte set, removed, put in, or everything after it cut off.</summary>
        public byte[] Next(byte[] start)
        {
            var bytes = start.ToList();
            for (var changes = _random.Next(6); changes > 0 && bytes.Count > 0; changes--)
            {
                var at = _random.Next(bytes.Count);
                switch (_random.Next(8))
                {
                    case 0:
                        bytes.RemoveAt(at);
                        break;
                    case 1 or 2:
                        bytes.Insert(at, Any());
                        break;
                    case 3:
                        bytes.RemoveRange(at, bytes.Count - at);
                        break;
                    default:
                        bytes[at] = Any();
                        break;
                }
            }

            return [.. bytes];
        }

        private byte[] Pick() => Seeds[_random.Next(Seeds.Length)];

        private byte Any() => _random.Next(3) == 0 ? (byte)_random.Next(256) : Telling[_random.Next(Telling.Length)];

        private byte[] Random()
        {
            var bytes = new byte[_random.Next(200)];
            for (var i = 0; i < bytes.Length; i++)
                bytes[i] = Any();
            return bytes;
        }
    }
}
