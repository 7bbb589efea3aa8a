using System.Text;
using SignalStream.Formats.Wfdb;

namespace SignalStream.UnitTests.Formats;

public sealed class WfdbRecordTests
{
    [Fact]
    public void ReadDigital_Format212_UnpacksPairsLowBitsFirst()
    {
        // Two channels: 0x123 and 0xFFF = -1, then 0x7FF = 2047 and 0x801 = -2047.
        byte[] data = [0x23, 0xF1, 0xFF, 0xFF, 0x87, 0x01];
        using var record = Record("r 2 360 2\na.dat 212\na.dat 212", data);
        var block = new short[4];

        Assert.Equal(2, record.ReadDigital(block));
        Assert.Equal([0x123, 2047, -1, -2047], block);
    }

    [Fact]
    public void ReadDigital_Format212OddNumberOfValues_ReadsTheHalfPairAtTheEnd()
    {
        using var record = Record("r 1\na.dat 212", [0x23, 0xF1, 0xFF, 0x34, 0x02]);
        var block = new short[8];

        Assert.Equal(3, record.SampleCount);
        Assert.Equal(3, record.ReadDigital(block));
        Assert.Equal([0x123, -1, 0x234], block[..3]);
    }

    [Fact]
    public void Read_BothFormats_GivesPhysicalUnitsAndNaNForMissing()
    {
        byte[] sixteen = [0x10, 0x00, 0x00, 0x80, 0xF0, 0xFF];
        byte[] packed = [0x00, 0x08, 0x80, 0x00, 0x00];
        using var record = WfdbRecord.Open(
            Parse("r 2 250 3\na.dat 16 32(-16)\nb.dat 212 100(0)"),
            name => new MemoryStream(name == "a.dat" ? sixteen : packed));
        var block = new float[6];

        Assert.Equal(3, record.Read(block));
        Assert.Equal([1f, float.NaN, 0f, float.NaN, 1.28f, 0f], block);
    }

    [Fact]
    public void Read_LastBlockIsShorter_FillsItsFrontAndThenGivesZero()
    {
        using var record = Record("r 2 360 3\na.dat 16 1\na.dat 16 1", [1, 0, 11, 0, 2, 0, 12, 0, 3, 0, 13, 0]);
        var block = new float[4];

        Assert.Equal(2, record.Read(block));
        Assert.Equal([1f, 2f, 11f, 12f], block);
        Assert.Equal(1, record.Read(block));
        Assert.Equal([3f, 13f], block[..2]);
        Assert.Equal(0, record.Read(block));
        Assert.Equal(3, record.Position);
    }

    [Theory]
    [InlineData(WfdbFormat.Format16, 1)]
    [InlineData(WfdbFormat.Format16, 3)]
    [InlineData(WfdbFormat.Format212, 1)]
    [InlineData(WfdbFormat.Format212, 2)]
    [InlineData(WfdbFormat.Format212, 3)]
    public void Seek_AnySample_ReadsOnFromThere(WfdbFormat format, int channels)
    {
        const int samples = 1500; // More than one chunk.
        using var record = Counting(format, channels, samples);
        var block = new short[channels * 7];
        foreach (var start in new[] { 0, 1, 2, 511, 512, 513, 1492, 3 })
        {
            record.Seek(start);
            Assert.Equal(7, record.ReadDigital(block));
            for (var i = 0; i < block.Length; i++)
                Assert.Equal(Value(start + (i % 7), i / 7), block[i]);
        }
    }

    [Fact]
    public void Seek_OutsideOfTheRecord_IsRefused()
    {
        using var record = Counting(WfdbFormat.Format16, 1, 10);

        Assert.Throws<ArgumentOutOfRangeException>(() => record.Seek(11));
        Assert.Throws<ArgumentOutOfRangeException>(() => record.Seek(-1));
        record.Seek(10);
        Assert.Equal(0, record.Read(new float[1]));
    }

    [Fact]
    public void Read_BlockNotAMultipleOfTheChannels_IsRefused()
    {
        using var record = Counting(WfdbFormat.Format16, 2, 10);

        Assert.Throws<ArgumentException>(() => record.Read(new float[3]));
    }

    [Fact]
    public void Open_ByteOffset_SkipsTheProlog()
    {
        using var record = Record("r 1\na.dat 16+3", [9, 9, 9, 5, 0, 6, 0]);
        var block = new short[2];

        Assert.Equal(2, record.ReadDigital(block));
        Assert.Equal([5, 6], block);
    }

    [Theory]
    [InlineData("a.dat 16", 19)]
    [InlineData("a.dat 212", 14)]
    [InlineData("a.dat 16+4", 23)]
    public void Open_FewerBytesThanTheHeaderPromises_NamesFileLineAndSizes(string signal, int bytes)
    {
        var exception = Assert.Throws<WfdbException>(() => Record($"r 1 360 10\n{signal}", new byte[bytes]));

        Assert.Equal("r.hea", exception.File);
        Assert.Equal(2, exception.Line);
        Assert.Equal("a.dat", exception.Value);
        Assert.Contains($"{bytes + 1} bytes", exception.Rule, StringComparison.Ordinal);
        Assert.Contains($"has {bytes}.", exception.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_ExactlyThePromisedBytes_Opens()
    {
        using var record = Record("r 1 360 10\na.dat 212", new byte[15]);

        Assert.Equal(10, record.SampleCount);
    }

    [Fact]
    public void Open_HugeSampleCount_IsRefusedInsteadOfOverflowing() =>
        Assert.Throws<WfdbException>(() => Record("r 2 360 999999999999999\na.dat 16\na.dat 16", new byte[8]));

    [Fact]
    public void Open_MissingSignalFile_NamesTheHeadersLine()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.Path("r.hea"), "r 1\nnone.dat 16\n");

        var exception = Assert.Throws<WfdbException>(() => WfdbRecord.Open(folder.Path("r")));

        Assert.Equal(("r.hea", 2, "none.dat"), (exception.File, exception.Line, exception.Value));
    }

    [Fact]
    public void Open_MissingHeader_NamesIt()
    {
        using var folder = new TemporaryFolder();

        var exception = Assert.Throws<WfdbException>(() => WfdbRecord.Open(folder.Path("r.hea")));

        Assert.Equal("r.hea", exception.Value);
    }

    [Fact]
    public void Open_NoSignals_IsRefused() => Assert.Throws<WfdbException>(() => Record("r 0", []));

    [Fact]
    public void Open_SecondFileIsMissing_ClosesTheFirst()
    {
        var first = new MemoryStream(new byte[8]);

        Assert.Throws<WfdbException>(() => WfdbRecord.Open(
            Parse("r 2\na.dat 16\nb.dat 16"), name => name == "a.dat" ? first : throw new FileNotFoundException("gone")));
        Assert.False(first.CanRead);
    }

    [Fact]
    public void Verify_AfterWriting_PassesAndKeepsThePosition()
    {
        using var record = Counting(WfdbFormat.Format212, 3, 1500);
        record.Seek(700);

        record.Verify();

        Assert.Equal(700, record.Position);
    }

    [Theory]
    [InlineData(0, "first sample")]
    [InlineData(600, "checksum")]
    public void Verify_ASampleChanged_SaysWhatDiffers(int at, string what)
    {
        var (header, data) = Written(WfdbFormat.Format16, 1, 1000);
        data[2 * at] ^= 1;
        using var record = WfdbRecord.Open(header, _ => new MemoryStream(data));

        var exception = Assert.Throws<WfdbException>(record.Verify);

        Assert.Contains(what, exception.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_PhysicalValues_RoundsLimitsAndMarksMissing()
    {
        var signal = new WfdbSignal { FileName = "r.dat", Format = WfdbFormat.Format212, Gain = 200, Baseline = 1024 };
        var data = new MemoryStream();
        var writer = new WfdbRecordWriter(data, new WfdbHeader { RecordName = "r", RateHz = 360, Signals = [signal] });

        writer.Write([0f, 0.0026f, float.NaN]);
        writer.Write([1000f, float.NegativeInfinity]);
        using var record = WfdbRecord.Open(writer.Complete(), _ => new MemoryStream(data.ToArray()));
        var digital = new short[5];
        record.ReadDigital(digital);

        Assert.Equal([1024, 1025, -2048, 2047, -2047], digital);
    }

    [Fact]
    public void WriteDigital_ValueThatTheFormatCannotHold_IsRefused()
    {
        var signal = new WfdbSignal { FileName = "r.dat", Format = WfdbFormat.Format212 };
        var writer = new WfdbRecordWriter(Stream.Null, new WfdbHeader { RecordName = "r", Signals = [signal] });

        Assert.Throws<ArgumentOutOfRangeException>(() => writer.WriteDigital([2048]));
    }

    [Fact]
    public void Open_RecordWrittenToDisk_ReadsTheSame()
    {
        using var folder = new TemporaryFolder();
        var (header, data) = Written(WfdbFormat.Format212, 2, 999);
        File.WriteAllBytes(folder.Path("r.dat"), data);
        using (var file = File.Create(folder.Path("r.hea")))
            header.Write(file);

        using var record = WfdbRecord.Open(folder.Path("r"));
        var block = new short[2 * 999];

        record.Verify();
        Assert.Equal(999, record.ReadDigital(block));
        Assert.Equal(Value(998, 1), block[^1]);
    }

    private static short Value(int sample, int channel) => (short)(((sample * 7) + (channel * 501)) % 4095 - 2047);

    private static (WfdbHeader Header, byte[] Data) Written(WfdbFormat format, int channels, int samples)
    {
        var signal = new WfdbSignal { FileName = "r.dat", Format = format, Description = "lead" };
        var data = new MemoryStream();
        var writer = new WfdbRecordWriter(
            data, new WfdbHeader { RecordName = "r", RateHz = 360, Signals = [.. Enumerable.Repeat(signal, channels)] });
        for (var sample = 0; sample < samples; sample++)
            writer.WriteDigital([.. Enumerable.Range(0, channels).Select(channel => Value(sample, channel))]);
        return (writer.Complete(), data.ToArray());
    }

    private static WfdbRecord Counting(WfdbFormat format, int channels, int samples)
    {
        var (header, data) = Written(format, channels, samples);
        return WfdbRecord.Open(header, _ => new MemoryStream(data));
    }

    private static WfdbRecord Record(string header, byte[] data) => WfdbRecord.Open(Parse(header), _ => new MemoryStream(data));

    private static WfdbHeader Parse(string text) =>
        WfdbHeader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "r.hea");

    private sealed class TemporaryFolder : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("wfdb").FullName;

        public string Path(string name) => System.IO.Path.Combine(_folder, name);

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
