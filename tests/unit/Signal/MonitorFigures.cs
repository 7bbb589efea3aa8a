using SignalStream.Signal.Beats;

namespace SignalStream.UnitTests.Signal;

/// <summary>A pacemaker's pulse: its height, its length and the overshoot behind it.</summary>
internal sealed record Pulse(double Mv, double WidthMs, double OvershootMv = 0, double FadeMs = 4);

/// <summary>What a pulse comes with.</summary>
internal enum Pacing
{
    /// <summary>80 pulses a minute, each followed by its beat.</summary>
    Effective,

    /// <summary>83 pulses a minute beside a heart of 30/min that does not follow them.</summary>
    Ineffective,

    /// <summary>83 pulses a minute and no heart.</summary>
    Alone,
}

/// <summary>A monitor's figures, measured with the product's detector and heart rate.</summary>
internal static class MonitorFigures
{
    public static readonly double[] RatesHz = [250, 360, 500, 1000];

    public static readonly double[] Bpm = [15, 20, 30, 40, 60, 80, 100, 120, 150, 180, 200, 220, 250, 280, 300];

    // From here on the average rests on the rhythm alone: 12 intervals of 4 s would take 48 s, but slow ones need four.
    private const int SettledSeconds = 25;
    private const int Seconds = 60;

    /// <summary>Largest error of the heart rate at a steady rate, 1/min.</summary>
    public static double SteadyError(double rateHz, double bpm) =>
        MonitorDisplay.WorstError(MonitorRhythm.Steady(rateHz, bpm, Seconds), bpm, SettledSeconds);

    /// <summary>What the standard allows at a rate, 1/min.</summary>
    public static double Allowed(double bpm) => Math.Max(1, bpm / 100);

    /// <summary>Longest time from a step until 63 % of the way are shown, s, over steps at ten moments within a second.</summary>
    public static double StepSeconds(double rateHz, double fromBpm, double toBpm) =>
        Enumerable.Range(0, 10).Max(tenth => MonitorDisplay.SecondsToStep(rateHz, fromBpm, toBpm, 30 + (tenth * 0.1)));

    public static double RhythmError(MonitorLead lead, double bpm) => MonitorDisplay.WorstError(lead, bpm, SettledSeconds);

    /// <summary>Error of the heart rate, 80/min, with T-waves of a height, 1/min.</summary>
    public static double TallTWaveError(double rateHz, double mv) =>
        MonitorDisplay.WorstError(MonitorRhythm.Steady(rateHz, 80, Seconds, mv), 80, SettledSeconds);

    /// <summary>Error of the heart rate, 1/min; for pulses alone how many were taken for beats.</summary>
    public static double PulseError(double rateHz, Pulse pulse, Pacing pacing)
    {
        var lead = pacing switch
        {
            Pacing.Effective => MonitorRhythm.Steady(rateHz, 80, Seconds),
            Pacing.Ineffective => MonitorRhythm.Steady(rateHz, 30, Seconds),
            _ => new MonitorLead(rateHz, Seconds),
        };
        // A beat begins 40 ms before its peak; its pulse 30 ms before that. Others drift through the heart's cycle.
        var interval = pacing == Pacing.Effective ? 60.0 / 80 : 60.0 / 83;
        for (var at = 0.43; at < Seconds - 1; at += interval) lead.AddPulse(at, pulse.Mv, pulse.WidthMs, pulse.OvershootMv, pulse.FadeMs);
        return pacing == Pacing.Alone
            ? SyntheticEcg.Detect(new BeatDetector(rateHz), lead.Samples).Count
            : MonitorDisplay.WorstError(lead, pacing == Pacing.Effective ? 80 : 30, SettledSeconds);
    }
}
