using SignalStream.Formats.Wfdb;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Formats;

/// <summary>Against the public archive: what the headers promise is what is read.</summary>
public sealed class WfdbArchiveTests
{
    [SkippableFact]
    public void Open_Record101_ReadsHeaderAndFirstSamples()
    {
        using var record = WfdbRecord.Open(Path.Combine(TestData.Path("ecg/mitdb"), "101"));
        var block = new float[2];

        Assert.Equal(360, record.Header.RateHz);
        Assert.Equal(650_000, record.SampleCount);
        Assert.Equal(["MLII", "V1"], record.Header.Signals.Select(signal => signal.Description));
        Assert.Equal(1024, record.Header.Signals[0].Baseline);
        Assert.Equal(1, record.Read(block));
        Assert.Equal([(955 - 1024) / 200f, (992 - 1024) / 200f], block);
    }

    [SkippableTheory]
    [InlineData("ecg/mitdb", 24)]
    [InlineData("ecg/nstdb", 6)]
    public void Verify_EveryRecord_HasItsFirstSamplesAndChecksums(string folder, int records)
    {
        var headers = Directory.GetFiles(TestData.Path(folder), "*.hea");
        foreach (var header in headers)
        {
            using var record = WfdbRecord.Open(header);
            Assert.All(record.Header.Signals, signal => Assert.NotNull(signal.Checksum));
            record.Verify();
        }

        Assert.Equal(records, headers.Length);
    }

    [SkippableFact]
    public void Read_AnnotationsOfAllRecords_GivesThePublishedNumberOfBeats()
    {
        var beats = 0;
        foreach (var path in Directory.GetFiles(TestData.Path("ecg/mitdb"), "*.atr"))
        {
            using var file = File.OpenRead(path);
            beats += WfdbAnnotations.Read(file, Path.GetFileName(path)).Count(annotation => annotation.Code.IsBeat());
        }

        Assert.Equal(55_437, beats);
    }

    [SkippableFact]
    public void Write_AnnotationsOfARecord_ReadBackTheSame()
    {
        using var file = File.OpenRead(Path.Combine(TestData.Path("ecg/mitdb"), "207.atr"));
        WfdbAnnotation[] annotations = [.. WfdbAnnotations.Read(file, "207.atr")];
        var copy = new MemoryStream();

        WfdbAnnotations.Write(copy, annotations);

        copy.Position = 0;
        Assert.Contains(annotations, annotation => annotation.Text == "(VFL");
        Assert.Equal(annotations, WfdbAnnotations.Read(copy, "copy"));
    }
}
