using SignalStream.Formats.Wfdb;

namespace SignalStream.UnitTests.Formats;

public sealed class WfdbAnnotationTests
{
    [Fact]
    public void Read_EveryKindOfWord_GivesWhatTheFormatSays()
    {
        var annotations = Read(
            Word(28, 18), Word(63, 3), [(byte)'(', (byte)'N', 0, 0],
            Word(1, 59),
            Word(59, 0), [0x01, 0x00, 0x02, 0x00], Word(5, 4), Word(61, 7), Word(62, 1), Word(60, 1023),
            Word(1, 10),
            Word(1, 10), Word(62, 0), Word(60, 0),
            Word(0, 0));

        Assert.Equal(
            [
                new WfdbAnnotation(18, WfdbCode.Rhythm, Text: "(N"),
                new WfdbAnnotation(77, WfdbCode.Normal),
                new WfdbAnnotation(77 + 0x10002 + 4, WfdbCode.PrematureVentricular, Subtype: 7, Channel: 1, Number: -1),
                new WfdbAnnotation(77 + 0x10002 + 14, WfdbCode.Normal, Channel: 1, Number: -1),
                new WfdbAnnotation(77 + 0x10002 + 24, WfdbCode.Normal),
            ],
            annotations);
    }

    [Fact]
    public void Read_WordsAfterTheEnd_AreNotRead() => Assert.Empty(Read(Word(0, 0), Word(1, 5)));

    [Theory]
    [InlineData(new byte[0], "zero word")]
    [InlineData(new byte[] { 0x05, 0x04 }, "zero word")]
    [InlineData(new byte[] { 0x05 }, "zero word")]
    [InlineData(new byte[] { 0x00, 0xEC, 0x01, 0x00 }, "zero word")]
    [InlineData(new byte[] { 0x01, 0x04, 0x0A, 0xFC, 0x41, 0x00 }, "zero word")]
    [InlineData(new byte[] { 0x01, 0xF4 }, "must come before")]
    [InlineData(new byte[] { 0x01, 0x04, 0x01, 0xC8 }, "at most 49")]
    [InlineData(new byte[] { 0x00, 0xEC, 0xFF, 0xFF, 0x00, 0x00, 0x01, 0x04 }, "before the record")]
    public void Read_RuleBroken_SaysWhich(byte[] bytes, string rule)
    {
        var exception = Assert.Throws<WfdbException>(() => Read(bytes));

        Assert.Equal("r.atr", exception.File);
        Assert.Contains(rule, exception.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_FarApart_ReadsBack()
    {
        WfdbAnnotation[] annotations =
        [
            new(1023, WfdbCode.Normal), new(2047, WfdbCode.Normal), new(2047, WfdbCode.Note, Text: ""),
            new(20_000_000_000, WfdbCode.Paced, -1, 255, -128, "odd"),
        ];

        Assert.Equal(annotations, Read(Written(annotations)));
    }

    [Fact]
    public void Write_BackInTime_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Written([new(5, WfdbCode.Normal), new(4, WfdbCode.Normal)]));

    [Theory]
    [InlineData(0)]
    [InlineData(50)]
    public void Write_CodeThatIsNone_IsRefused(int code) =>
        Assert.Throws<ArgumentException>(() => Written([new(5, (WfdbCode)code)]));

    [Fact]
    public void Write_TextBeyondLatin1_IsRefused() =>
        Assert.Throws<ArgumentException>(() => Written([new(5, WfdbCode.Note, Text: "→")]));

    [Theory]
    [InlineData(WfdbCode.Normal, "N", true)]
    [InlineData(WfdbCode.LeftBundleBranchBlock, "L", true)]
    [InlineData(WfdbCode.VentricularEscape, "E", true)]
    [InlineData(WfdbCode.Paced, "/", true)]
    [InlineData(WfdbCode.Unknown, "Q", true)]
    [InlineData(WfdbCode.Noise, "~", false)]
    [InlineData((WfdbCode)15, "[15]", false)]
    [InlineData(WfdbCode.Artifact, "|", false)]
    [InlineData(WfdbCode.StChange, "s", false)]
    [InlineData(WfdbCode.Note, "\"", false)]
    [InlineData(WfdbCode.BundleBranchBlock, "B", true)]
    [InlineData(WfdbCode.Rhythm, "+", false)]
    [InlineData(WfdbCode.Learning, "?", true)]
    [InlineData(WfdbCode.FlutterWave, "!", false)]
    [InlineData(WfdbCode.FlutterStart, "[", false)]
    [InlineData(WfdbCode.AtrialEscape, "e", true)]
    [InlineData(WfdbCode.PacedFusion, "f", true)]
    [InlineData(WfdbCode.WaveOnset, "(", false)]
    [InlineData(WfdbCode.ROnT, "r", true)]
    [InlineData((WfdbCode)49, "[49]", false)]
    [InlineData(WfdbCode.NotQrs, "[0]", false)]
    public void Symbol_Code_IsTheCharts(WfdbCode code, string symbol, bool isBeat)
    {
        Assert.Equal(symbol, code.Symbol());
        Assert.Equal(isBeat, code.IsBeat());
    }

    private static byte[] Word(int code, int value) => [(byte)value, (byte)((code << 2) | (value >> 8))];

    private static WfdbAnnotation[] Read(params byte[][] parts) =>
        [.. WfdbAnnotations.Read(new MemoryStream([.. parts.SelectMany(part => part)]), "r.atr")];

    private static byte[] Written(WfdbAnnotation[] annotations)
    {
        var stream = new MemoryStream();
        WfdbAnnotations.Write(stream, annotations);
        return stream.ToArray();
    }
}
