using System.Globalization;
using SignalStream.Formats.Wfdb;
using SignalStream.Signal.Beats;
using SignalStream.UnitTests.Signal;

namespace SignalStream.Eval;

/// <summary>How many of the detector's false and missed beats lie where the signal was called poor.</summary>
/// <remarks>A second is judged from three: a failure counts as told when its second or one of the next two was marked.</remarks>
internal sealed class FlaggedFailures(double startSeconds)
{
    private const double ToleranceSeconds = 0.15;
    private const int LaterSeconds = 2;

    private int _failures, _told, _seconds, _marked;

    public void Add(string header, float[] lead, double rateHz, List<Beat> beats)
    {
        var path = Path.ChangeExtension(header, ".atr");
        if (!File.Exists(path)) return;
        var seconds = Judge(lead, rateHz, beats);
        foreach (var sample in Failures(path, rateHz, beats).Where(sample => sample >= startSeconds * rateHz))
        {
            var second = (int)(sample / Math.Round(rateHz));
            _failures++;
            if (seconds.Skip(second).Take(LaterSeconds + 1).Any(IsMarked)) _told++;
        }

        _seconds += Math.Max(0, seconds.Count - (int)startSeconds);
        _marked += seconds.Skip((int)startSeconds).Count(IsMarked);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_told} of {_failures} failures ({100.0 * _told / Math.Max(1, _failures):F1} %) told by the signal quality, which marks {100.0 * _marked / Math.Max(1, _seconds):F1} % of the seconds");

    private static bool IsMarked(QualitySecond second) => second.Faults != QualityFaults.None;

    private static List<QualitySecond> Judge(float[] lead, double rateHz, List<Beat> beats)
    {
        var quality = new SignalQuality(rateHz);
        var block = (int)Math.Round(rateHz);
        var (judged, seconds, next) = (new QualitySecond[quality.MaxSeconds(block)], new List<QualitySecond>(), 0);
        for (var at = 0; at < lead.Length; at += block)
        {
            for (; next < beats.Count && beats[next].DecisionSample < at + block; next++) quality.Observe(beats[next]);
            seconds.AddRange(judged.AsSpan(0, quality.Process(lead.AsSpan(at, Math.Min(block, lead.Length - at)), judged)));
        }

        return seconds;
    }

    /// <summary>False and missed beats; ventricular flutter counts for nothing.</summary>
    private static List<long> Failures(string path, double rateHz, List<Beat> beats)
    {
        using var file = File.OpenRead(path);
        var annotations = WfdbAnnotations.Read(file, path).ToList();
        var flutter = annotations.Where(a => a.Code == WfdbCode.FlutterStart)
            .Zip(annotations.Where(a => a.Code == WfdbCode.FlutterEnd), (from, to) => (From: from.Sample, To: to.Sample)).ToList();
        var tolerance = ToleranceSeconds * rateHz;
        bool Counts(long sample, double margin) => !flutter.Any(span => span.From - margin <= sample && sample <= span.To + margin);
        var references = annotations.Where(a => a.Code.IsBeat() && Counts(a.Sample, 0)).Select(a => a.Sample).ToList();
        var pairs = Ec57.Match(references, beats.ConvertAll(beat => beat.Sample), tolerance);
        var (hit, matched) = (pairs.Select(p => p.Reference).ToHashSet(), pairs.Select(p => p.Detection).ToHashSet());
        return references.Where((_, i) => !hit.Contains(i))
            .Concat(beats.Where((beat, i) => !matched.Contains(i) && Counts(beat.Sample, tolerance)).Select(beat => beat.Sample)).ToList();
    }
}
