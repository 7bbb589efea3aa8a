using SignalStream.Signal.Beats;

namespace SignalStream.UnitTests.Signal;

/// <summary>What a monitor with the product's detector and heart rate shows, second by second.</summary>
internal static class MonitorDisplay
{
    private const int BlockSamples = 10;

    /// <summary>The heart rate shown from second 1 on; null where it is withheld.</summary>
    public static List<float?> Shown(MonitorLead lead)
    {
        var detector = new BeatDetector(lead.RateHz);
        var rate = new HeartRateEstimator(lead.RateHz);
        var beats = new Beat[detector.MaxBeats(BlockSamples)];
        var (shown, second) = (new List<float?>(), (int)Math.Round(lead.RateHz));
        for (var at = 0; at < lead.Samples.Length;)
        {
            var take = Math.Min(Math.Min(BlockSamples, second - (at % second)), lead.Samples.Length - at);
            var count = detector.Process(lead.Samples.AsSpan(at, take), beats);
            foreach (var beat in beats.AsSpan(0, count)) rate.Process(beat);
            at += take;
            if (at % second == 0) shown.Add(rate.At(at).AverageBpm);
        }

        return shown;
    }

    /// <summary>Largest distance from a rate in the seconds from one on; infinite where none is shown.</summary>
    public static double WorstError(MonitorLead lead, double bpm, int fromSecond) =>
        Shown(lead).Skip(fromSecond).Max(shown => Math.Abs((shown ?? float.PositiveInfinity) - bpm));

    /// <summary>Seconds after a step until 63 % of the way to the new rate are shown.</summary>
    public static double SecondsToStep(double rateHz, double fromBpm, double toBpm, double at)
    {
        var reached = (0.37 * fromBpm) + (0.63 * toBpm);
        var shown = Shown(MonitorRhythm.Step(rateHz, fromBpm, toBpm, at, at + 30));
        // The step is where the first interval of the new rate begins.
        var begins = 0.5 + (Math.Ceiling((at - 0.5) * fromBpm / 60) - 1) * 60 / fromBpm;
        var second = shown.FindIndex((int)at, bpm => toBpm > fromBpm ? bpm >= reached : bpm <= reached);
        return second < 0 ? double.PositiveInfinity : second + 1 - begins;
    }
}
