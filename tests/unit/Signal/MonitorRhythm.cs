namespace SignalStream.UnitTests.Signal;

/// <summary>The rhythms of IEC 60601-2-27 and ANSI/AAMI EC13, built from their public description.</summary>
/// <remarks>The standards show the four irregular ones as pictures; coupling and shape are our assumption, the mean is theirs.</remarks>
internal static class MonitorRhythm
{
    private const double WideSeconds = 0.16;

    public static MonitorLead Steady(double rateHz, double bpm, double seconds, double tWaveMv = 0.2)
    {
        var lead = new MonitorLead(rateHz, seconds);
        // A fast heart has narrow complexes and no room for a T-wave of its own.
        var width = bpm > 200 ? 0.06 : 0.1;
        for (var at = 0.5; at < seconds; at += 60 / bpm) lead.AddBeat(at, 1, width, bpm > 150 ? 0 : tWaveMv);
        return lead;
    }

    public static MonitorLead Step(double rateHz, double fromBpm, double toBpm, double at, double seconds)
    {
        var lead = new MonitorLead(rateHz, seconds);
        var beat = 0.5;
        for (; beat < at; beat += 60 / fromBpm) lead.AddBeat(beat);
        for (beat += (60 / toBpm) - (60 / fromBpm); beat < seconds; beat += 60 / toBpm) lead.AddBeat(beat);
        return lead;
    }

    /// <summary>80/min: every other beat ventricular, wide, early and followed by a pause.</summary>
    public static MonitorLead Bigeminy(double rateHz, double seconds) => Pairs(rateHz, seconds, 0.5, 1.0, 1.6, 1.6);

    /// <summary>60/min: the same, slower; the ventricular beats point down.</summary>
    public static MonitorLead SlowBigeminy(double rateHz, double seconds) => Pairs(rateHz, seconds, 0.6, 1.4, -1.2, -1.2);

    /// <summary>120/min: the same, faster; the ventricular beats point up and down in turn.</summary>
    public static MonitorLead RapidBigeminy(double rateHz, double seconds) => Pairs(rateHz, seconds, 0.4, 0.6, 1.5, -1.5);

    /// <summary>90/min: ventricular beats alone, evenly, up and down in turn.</summary>
    public static MonitorLead BidirectionalSystoles(double rateHz, double seconds)
    {
        var lead = new MonitorLead(rateHz, seconds);
        var mv = 1.2;
        for (var at = 0.5; at < seconds; at += 60.0 / 90, mv = -mv) lead.AddBeat(at, mv, WideSeconds, -mv / 4);
        return lead;
    }

    private static MonitorLead Pairs(double rateHz, double seconds, double coupling, double pause, double oneMv, double otherMv)
    {
        var lead = new MonitorLead(rateHz, seconds);
        for (var at = 0.5; at < seconds; at += coupling + pause)
        {
            lead.AddBeat(at);
            lead.AddBeat(at + coupling, oneMv, WideSeconds, -oneMv / 4);
            (oneMv, otherMv) = (otherMv, oneMv);
        }

        return lead;
    }
}
