using SignalStream.Formats.Wfdb;
using SignalStream.Signal.Synthesis;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.EndToEnd;

/// <summary>A record with its beats: a real one where the data is, else a synthetic one, written as WFDB all the same.</summary>
internal sealed class Recording : IDisposable
{
    private const int SyntheticSeconds = 120;

    private string? _folder;

    private Recording(string path, double rateHz, IReadOnlyList<long> beats) => (Path, RateHz, Beats) = (path, rateHz, beats);

    public string Path { get; }

    public double RateHz { get; }

    /// <summary>Samples of the annotated R-peaks, ascending.</summary>
    public IReadOnlyList<long> Beats { get; }

    /// <summary>A record of the MIT-BIH Arrhythmia Database, or a synthetic one.</summary>
    public static Recording Of(string name) =>
        TestData.Exists($"ecg/mitdb/{name}.hea") ? Real(TestData.Path("ecg/mitdb") + "/" + name) : Synthetic(name);

    public void Dispose()
    {
        if (_folder is not null)
            Directory.Delete(_folder, recursive: true);
    }

    private static Recording Real(string path)
    {
        using var record = WfdbRecord.Open(path);
        using var file = File.OpenRead(path + ".atr");
        var beats = WfdbAnnotations.Read(file, path + ".atr").Where(a => a.Code.IsBeat()).Select(a => a.Sample).ToList();
        return new Recording(path, record.Header.RateHz, beats);
    }

    private static Recording Synthetic(string name)
    {
        var folder = Directory.CreateTempSubdirectory("signalstream-record-").FullName;
        var generator = new EcgGenerator(new EcgSettings { RateHz = 360, HeartRateBpm = 75, NoiseSdMv = 0.01 });
        var samples = new float[SyntheticSeconds * 360];
        var beats = new SyntheticBeat[generator.MaxBeats(samples.Length)];
        var count = generator.Process(samples, beats);
        var header = new WfdbHeader
        {
            RecordName = name,
            RateHz = 360,
            Signals = [new WfdbSignal { FileName = $"{name}.dat", Format = WfdbFormat.Format16, Description = "MLII" }],
        };
        using (var data = File.Create(System.IO.Path.Combine(folder, $"{name}.dat")))
        {
            var writer = new WfdbRecordWriter(data, header);
            writer.Write(samples);
            header = writer.Complete();
        }

        using (var text = File.Create(System.IO.Path.Combine(folder, $"{name}.hea")))
            header.Write(text);
        return new Recording(System.IO.Path.Combine(folder, name), 360, [.. beats.Take(count).Select(b => b.Sample)]) { _folder = folder };
    }
}
