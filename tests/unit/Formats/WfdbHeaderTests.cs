using System.Text;
using SignalStream.Formats.Wfdb;

namespace SignalStream.UnitTests.Formats;

public sealed class WfdbHeaderTests
{
    [Fact]
    public void Read_AllFields_GivesEach()
    {
        var header = Parse("""
            # before
            101 2 360/1000.5(-3) 650000 11:05:30 01/02/1988
            101.dat 212:4+512 200(1024)/uV 11 1024 955 -29832 7 MLII, upper
            101b.dat 16 1.5e2/mmHg 12 3 992 45000 0
            # 75 F 1011 654 x1
            """);

        Assert.Equal("101", header.RecordName);
        Assert.Equal(360, header.RateHz);
        Assert.Equal(1000.5, header.CounterHz);
        Assert.Equal(-3, header.BaseCounter);
        Assert.Equal(650000, header.SampleCount);
        Assert.Equal("11:05:30", header.BaseTime);
        Assert.Equal("01/02/1988", header.BaseDate);
        Assert.Equal([" before", " 75 F 1011 654 x1"], header.Comments);
        Assert.Equal(
            [
                new WfdbSignal
                {
                    FileName = "101.dat", Format = WfdbFormat.Format212, Skew = 4, ByteOffset = 512, Gain = 200, Baseline = 1024, Units = "uV",
                    AdcResolution = 11, AdcZero = 1024, InitialValue = 955, Checksum = -29832, BlockSize = 7, Description = "MLII, upper",
                },
                new WfdbSignal
                {
                    FileName = "101b.dat", Format = WfdbFormat.Format16, Gain = 150, Baseline = 3, Units = "mmHg",
                    AdcResolution = 12, AdcZero = 3, InitialValue = 992, Checksum = unchecked((short)45000),
                },
            ],
            header.Signals);
    }

    [Fact]
    public void Read_OptionalFieldsMissing_GivesTheFormatsDefaults()
    {
        var header = Parse("r 2\na.dat 16\na.dat 16 0 0 5\n");

        Assert.Equal(250, header.RateHz);
        Assert.Null(header.CounterHz);
        Assert.Null(header.SampleCount);
        Assert.Equal(new WfdbSignal { FileName = "a.dat", Format = WfdbFormat.Format16, IsCalibrated = false }, header.Signals[0]);
        Assert.Equal(5, header.Signals[1].Baseline);
        Assert.Equal(200, header.Signals[1].Gain);
        Assert.Null(header.Signals[1].InitialValue);
    }

    [Fact]
    public void Read_CarriageReturnsAndTabs_ReadsAsWell() =>
        Assert.Equal("V5", Parse("\r\nr\t1  360\r\na.dat\t16 200  12 0 0 0 0 \t V5 \r\n").Signals[0].Description);

    [Theory]
    [InlineData("", 0, "", "record line")]
    [InlineData("r/3 2 360", 1, "r/3", "several segments")]
    [InlineData("r", 1, "r", "number of signals")]
    [InlineData("r -1", 1, "-1", "number of signals")]
    [InlineData("r 99999999999", 1, "99999999999", "number of signals")]
    [InlineData("r 0 0", 1, "0", "above 0 Hz")]
    [InlineData("r 0 -360", 1, "-360", "above 0 Hz")]
    [InlineData("r 0 NaN", 1, "NaN", "finite")]
    [InlineData("r 0 1e999", 1, "1e999", "finite")]
    [InlineData("r 0 360/x(", 1, "360/x(", "RATE/COUNTER")]
    [InlineData("r 0 360 -5", 1, "-5", "number of samples")]
    [InlineData("r 1 360", 1, "1", "promises 1 signals; the header has 0")]
    [InlineData("r 0 360 9\na.dat 16", 2, "a.dat 16", "only comments")]
    [InlineData("r 1\n\n# c\na.dat", 4, "a.dat", "a file and a format")]
    [InlineData("r 1\na.dat 80", 2, "80", "16 or 212")]
    [InlineData("r 1\na.dat 16x4", 2, "16x4", "one sample a frame")]
    [InlineData("r 1\na.dat 16y", 2, "16y", ":SKEW")]
    [InlineData("r 1\n../a.dat 16", 2, "../a.dat", "without a path")]
    [InlineData("r 1\n/etc/passwd 16", 2, "/etc/passwd", "without a path")]
    [InlineData("r 1\nC:a.dat 16", 2, "C:a.dat", "without a path")]
    [InlineData("r 1\n.. 16", 2, "..", "without a path")]
    [InlineData("r 1\n- 16", 2, "-", "without a path")]
    [InlineData("r 1\na\\b.dat 16", 2, "a\\b.dat", "without a path")]
    [InlineData("r 1\na.dat 16 much", 2, "much", "gain")]
    [InlineData("r 1\na.dat 16 Infinity", 2, "Infinity", "finite")]
    [InlineData("r 1\na.dat 16 1e-12", 2, "1e-12", "1e-9")]
    [InlineData("r 1\na.dat 16 200(x)", 2, "x", "baseline")]
    [InlineData("r 1\na.dat 16 200 99", 2, "99", "ADC resolution")]
    [InlineData("r 1\na.dat 16 200 12 0 0 70000", 2, "70000", "checksum")]
    [InlineData("r 2\na.dat 16\na.dat 212", 3, "a.dat", "same format")]
    [InlineData("r 3\na.dat 16\nb.dat 16\na.dat 16", 4, "a.dat", "follow each other")]
    public void Read_RuleBroken_NamesFileLineValueAndRule(string text, int line, string value, string rule)
    {
        var exception = Assert.Throws<WfdbException>(() => Parse(text));

        Assert.Equal("r.hea", exception.File);
        Assert.Equal(line, exception.Line);
        Assert.Equal(value, exception.Value);
        Assert.Contains(rule, exception.Rule, StringComparison.Ordinal);
        Assert.Contains(value, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_EndlessHeader_IsRefusedInsteadOfLoaded()
    {
        var exception = Assert.Throws<WfdbException>(() => Parse(new string('#', 2_000_000)));

        Assert.Contains("not be longer", exception.Rule, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("two words", "MLII")]
    [InlineData("r", "two\nlines")]
    [InlineData("r/2", "MLII")]
    public void Write_FieldThatWouldNotReadBack_IsRefused(string name, string description)
    {
        var header = new WfdbHeader
        {
            RecordName = name,
            Signals = [new WfdbSignal { FileName = "r.dat", Format = WfdbFormat.Format16, Checksum = 0, Description = description }],
        };

        var exception = Assert.ThrowsAny<Exception>(() => header.Write(Stream.Null));

        Assert.True(exception is ArgumentException or WfdbException, exception.ToString());
    }

    [Fact]
    public void Write_DescriptionWithoutChecksum_IsRefused()
    {
        var header = new WfdbHeader
        {
            RecordName = "r",
            Signals = [new WfdbSignal { FileName = "r.dat", Format = WfdbFormat.Format16, Description = "MLII" }],
        };

        Assert.Throws<ArgumentException>(() => header.Write(Stream.Null));
    }

    private static WfdbHeader Parse(string text) =>
        WfdbHeader.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "r.hea");
}
