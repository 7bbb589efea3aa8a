using SignalStream.Signal.Beats;
using SignalStream.Signal.Synthesis;

namespace SignalStream.UnitTests.Signal;

/// <summary>A stretch of synthetic ECG with the beats that are in it.</summary>
internal sealed record SyntheticEcg(EcgSettings Settings, float[] Lead, IReadOnlyList<SyntheticBeat> Truth)
{
    public static SyntheticEcg Make(EcgSettings settings, double seconds)
    {
        var generator = new EcgGenerator(settings);
        var lead = new float[(int)(seconds * settings.RateHz)];
        var beats = new SyntheticBeat[generator.MaxBeats(lead.Length)];
        var count = generator.Process(lead, beats);
        return new SyntheticEcg(settings, lead, beats[..count]);
    }

    /// <summary>What a detector finds in blocks of ten samples, as a processor hands them over.</summary>
    public List<Beat> Detect() => Detect(new BeatDetector(Settings.RateHz), Lead);

    public static List<Beat> Detect(BeatDetector detector, ReadOnlySpan<float> lead, int block = 10)
    {
        var found = new List<Beat>();
        var beats = new Beat[detector.MaxBeats(block)];
        for (; lead.Length > 0; lead = lead[Math.Min(block, lead.Length)..])
        {
            var count = detector.Process(lead[..Math.Min(block, lead.Length)], beats);
            found.AddRange(beats.AsSpan(0, count));
        }

        return found;
    }

    /// <summary>What a detector of several leads finds, in blocks.</summary>
    public static List<Beat> Detect(MultiLeadBeatDetector detector, float[][] leads, int block = 10)
    {
        var (found, beats) = (new List<Beat>(), new Beat[detector.MaxBeats(block)]);
        var samples = new float[block * leads.Length];
        for (var at = 0; at < leads[0].Length; at += block)
        {
            var take = Math.Min(block, leads[0].Length - at);
            for (var lead = 0; lead < leads.Length; lead++) leads[lead].AsSpan(at, take).CopyTo(samples.AsSpan(lead * take));
            found.AddRange(beats.AsSpan(0, detector.Process(samples.AsSpan(0, take * leads.Length), beats)));
        }

        return found;
    }

    /// <summary>Shares of true beats found and of found beats true. Beats that the end cuts off count for neither.</summary>
    public (double Sensitivity, double Ppv) Score(IReadOnlyList<Beat> found, double toleranceMs)
    {
        var tolerance = toleranceMs * Settings.RateHz / 1000;
        var end = Lead.Length - Settings.RateHz;
        var truth = Truth.Where(beat => beat.Sample < end).ToList();
        var decided = found.Where(beat => beat.Sample < end).ToList();
        var hits = truth.Count(beat => decided.Any(other => Math.Abs(other.Sample - beat.Sample) <= tolerance));
        var right = decided.Count(beat => Truth.Any(other => Math.Abs(other.Sample - beat.Sample) <= tolerance));
        return ((double)hits / truth.Count, (double)right / Math.Max(1, decided.Count));
    }
}
