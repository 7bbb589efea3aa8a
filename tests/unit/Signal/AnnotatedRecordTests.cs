using SignalStream.Formats.Wfdb;
using SignalStream.Signal.Beats;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Signal;

/// <summary>The detector on records that cardiologists annotated. The bounds lie just below what docs/ALGORITHMS.md states.</summary>
public sealed class AnnotatedRecordTests
{
    private const double ToleranceMs = 150;

    [SkippableFact]
    public void Process_ArrhythmiaRecords_ReachesTheStatedAccuracy()
    {
        var score = Score(TestData.Path("ecg/mitdb"), startSeconds: 0);
        Assert.Equal(55_437, score.Beats);
        Assert.InRange(score.F1, 0.998, 1);
        Assert.InRange(score.MeanErrorMs, 0, 4);
        Assert.InRange(score.DelaysMs[score.DelaysMs.Count / 2], 1, 200);
        Assert.InRange(score.DelaysMs[score.DelaysMs.Count * 95 / 100], 1, 300);
    }

    [SkippableFact]
    public void Process_NoiseStressRecords_ReachesTheStatedAccuracy() =>
        Assert.InRange(Score(TestData.Path("ecg/nstdb"), startSeconds: 300).F1, 0.91, 1);

    [SkippableFact]
    public void Process_TwoLeadsOfArrhythmiaRecords_LosesNothing()
    {
        var score = Score(TestData.Path("ecg/mitdb"), startSeconds: 0, leads: 2);
        Assert.InRange(score.F1, 0.9985, 1);
        Assert.InRange(score.MeanErrorMs, 0, 4);
        Assert.InRange(score.DelaysMs[score.DelaysMs.Count / 2], 1, 200);
        Assert.InRange(score.DelaysMs[score.DelaysMs.Count * 95 / 100], 1, 300);
    }

    [SkippableFact]
    public void Process_TwoLeadsOfNoiseStressRecords_ReachesTheStatedAccuracy() =>
        Assert.InRange(Score(TestData.Path("ecg/nstdb"), startSeconds: 300, leads: 2).F1, 0.925, 1);

    private static Result Score(string folder, double startSeconds, int leads = 1)
    {
        var total = new Result();
        foreach (var header in Directory.GetFiles(folder, "*.hea").Order(StringComparer.Ordinal)) Add(total, header, startSeconds, leads);
        total.DelaysMs.Sort();
        return total;
    }

    private static void Add(Result total, string header, double startSeconds, int leads)
    {
        var (samples, rateHz) = ReadLeads(header, leads);
        var found = leads == 1
            ? SyntheticEcg.Detect(new BeatDetector(rateHz), samples[0])
            : SyntheticEcg.Detect(new MultiLeadBeatDetector(rateHz, leads), samples);
        var (references, flutter) = ReadBeats(Path.ChangeExtension(header, ".atr"));
        var tolerance = ToleranceMs * rateHz / 1000;
        var start = startSeconds * rateHz;
        var pairs = Ec57.Match(references, found.ConvertAll(beat => beat.Sample), tolerance);
        var matched = pairs.Select(pair => pair.Detection).ToHashSet();
        total.Beats += references.Count(sample => sample >= start);
        total.Found += pairs.Count(pair => references[pair.Reference] >= start);
        total.False += found.Where((beat, i) => !matched.Contains(i) && beat.Sample >= start
            && !flutter.Any(span => span.From - tolerance <= beat.Sample && beat.Sample <= span.To + tolerance)).Count();
        foreach (var (reference, detection) in pairs.Where(pair => references[pair.Reference] >= start))
        {
            total.ErrorMs += Math.Abs(found[detection].Sample - references[reference]) * 1000 / rateHz;
            total.DelaysMs.Add((found[detection].DecisionSample - references[reference]) * 1000 / rateHz);
        }
    }

    /// <summary>MLII first where there is one, then the others in their order.</summary>
    private static (float[][] Leads, double RateHz) ReadLeads(string header, int leads)
    {
        using var record = WfdbRecord.Open(header);
        var length = (int)record.SampleCount;
        var samples = new float[length * record.Channels];
        Assert.Equal(length, record.Read(samples));
        var channels = Enumerable.Range(0, record.Channels).OrderBy(channel => record.Header.Signals[channel].Description != "MLII").Take(leads);
        return (channels.Select(channel => samples.AsSpan(channel * length, length).ToArray()).ToArray(), record.Header.RateHz);
    }

    /// <summary>Beats outside of ventricular flutter, and the stretches of flutter, which count for nothing.</summary>
    private static (List<long> Beats, List<(long From, long To)> Flutter) ReadBeats(string path)
    {
        using var file = File.OpenRead(path);
        var annotations = WfdbAnnotations.Read(file, path).ToList();
        var starts = annotations.Where(a => a.Code == WfdbCode.FlutterStart).Select(a => a.Sample);
        var ends = annotations.Where(a => a.Code == WfdbCode.FlutterEnd).Select(a => a.Sample);
        var flutter = starts.Zip(ends).ToList();
        var beats = annotations.Where(a => a.Code.IsBeat() && !flutter.Any(span => span.First <= a.Sample && a.Sample <= span.Second));
        return (beats.Select(a => a.Sample).ToList(), flutter);
    }

    private sealed class Result
    {
        public int Beats { get; set; }

        public int Found { get; set; }

        public int False { get; set; }

        public double ErrorMs { get; set; }

        public List<double> DelaysMs { get; } = [];

        public double F1 => 2.0 * Found / (Found + False + Beats);

        public double MeanErrorMs => ErrorMs / Found;
    }
}
