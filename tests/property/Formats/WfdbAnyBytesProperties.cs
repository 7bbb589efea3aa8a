using System.Text;
using SignalStream.Formats.Wfdb;

namespace SignalStream.PropertyTests.Formats;

/// <summary>Any bytes as any file of a record are read, or refused with a reason; the seed makes a failure repeatable.</summary>
public sealed class WfdbAnyBytesProperties
{
    private const int Rounds = 60_000;

    private const string Header = "101 2 360/360(0) 20 11:00:00 01/02/1988\n"
        + "101.dat 212:0+0 200(1024)/mV 11 1024 955 29832 0 MLII\n101.dat 212 200 11 1024 992 19589 0 V1\n# 75 F\n";

    [Fact]
    public void ReadHeader_MutatedBytes_ReadOrFailCleanly()
    {
        var outcomes = Fuzz(Encoding.ASCII.GetBytes(Header), bytes => WfdbHeader.Read(new MemoryStream(bytes), "r.hea"));

        Assert.True(outcomes is { Read: > 100, Refused: > 100 }, outcomes.ToString());
    }

    [Fact]
    public void OpenRecord_MutatedHeaderOverFixedData_ReadsOrFailsCleanly()
    {
        var data = new byte[60];
        var outcomes = Fuzz(Encoding.ASCII.GetBytes(Header), bytes =>
        {
            using var record = WfdbRecord.Open(WfdbHeader.Read(new MemoryStream(bytes), "r.hea"), _ => new MemoryStream(data));
            ReadAll(record);
        });

        Assert.True(outcomes is { Read: > 100, Refused: > 100 }, outcomes.ToString());
    }

    [Fact]
    public void ReadSamples_AnyBytesOfAnyLength_ReadOrFailCleanly()
    {
        var header = WfdbHeader.Read(new MemoryStream(Encoding.ASCII.GetBytes(Header)), "r.hea");
        var outcomes = Fuzz(new byte[60], bytes =>
        {
            using var record = WfdbRecord.Open(header, _ => new MemoryStream(bytes));
            ReadAll(record);
        });

        Assert.True(outcomes is { Read: > 100, Refused: > 100 }, outcomes.ToString());
    }

    [Fact]
    public void ReadAnnotations_MutatedBytes_ReadOrFailCleanly()
    {
        var file = new MemoryStream();
        WfdbAnnotations.Write(file, Enumerable.Range(1, 8).Select(i =>
            new WfdbAnnotation(i * 900L, (WfdbCode)i, (sbyte)(i % 3), (byte)(i % 2), 0, i % 4 == 0 ? "(AFIB" : null)));
        var outcomes = Fuzz(file.ToArray(), bytes =>
        {
            foreach (var annotation in WfdbAnnotations.Read(new MemoryStream(bytes), "r.atr"))
                Assert.True(annotation.Sample >= 0 && annotation.Code.Symbol().Length > 0);
        });

        Assert.True(outcomes is { Read: > 100, Refused: > 100 }, outcomes.ToString());
    }

    private static void ReadAll(WfdbRecord record)
    {
        var block = new float[record.Channels * 16];
        while (record.Read(block) > 0)
        {
        }
    }

    private static Outcomes Fuzz(byte[] valid, Action<byte[]> read)
    {
        var random = new Random(20_260_101);
        var outcomes = new Outcomes(0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            try
            {
                read(round % 10 == 0 ? Noise(random) : Mutated(valid, random));
                outcomes = outcomes with { Read = outcomes.Read + 1 };
            }
            catch (WfdbException)
            {
                outcomes = outcomes with { Refused = outcomes.Refused + 1 };
            }
        }

        return outcomes;
    }

    private static byte[] Noise(Random random)
    {
        var bytes = new byte[random.Next(80)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Mutated(byte[] valid, Random random)
    {
        var bytes = valid.ToList();
        for (var change = random.Next(4); change >= 0 && bytes.Count > 0; change--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, random.Next(bytes.Count - at)); break;
                case 2: bytes.Insert(at, (byte)"0123456789 /:+(x-.\n"[random.Next(19)]); break;
                default: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            }
        }

        return [.. bytes];
    }

    private sealed record Outcomes(int Read, int Refused);
}
