using SignalStream.Signal.Numerics;

namespace SignalStream.Signal.Latency;

/// <summary>How a line feels, in one word.</summary>
public enum QualityClass
{
    /// <summary>Not judged: nothing came back.</summary>
    Unknown,

    /// <summary>Nobody minds: MOS 4.34 and more.</summary>
    Great,

    /// <summary>Most are content: MOS 4.03 and more.</summary>
    Good,

    /// <summary>Some are not: MOS 3.60 and more.</summary>
    Fair,

    /// <summary>Many are not: MOS 3.10 and more.</summary>
    Poor,

    /// <summary>Nobody is.</summary>
    Bad,
}

/// <summary>The mean opinion score that a call over a line would get, from delay, jitter and loss.</summary>
/// <remarks>
/// The E-model of ITU-T G.107, simplified by Cole and Rosenbluth 2001 (doi:10.1145/505666.505669): R = 94.2 − 0.024 d − 0.11 (d −
/// 177.3) for d above 177.3, less 30 ln(1 + 15 e), with d the way from mouth to ear in ms and e the share lost (their G.711 curve).
/// d is half the round trip, twice the jitter for a buffer, and 10 ms for a codec. MOS = 1 + 0.035 R + 7e-6 R (R − 60)(100 − R). The
/// classes have the limits of G.107 annex B.
/// </remarks>
public static class Quality
{
    private const double CodecMs = 10;
    private const double KneeMs = 177.3;

    /// <summary>The score, 1 to 4.5.</summary>
    /// <param name="roundTripMs">Median round trip, ms.</param>
    /// <param name="jitterMs">Mean deviation, ms.</param>
    /// <param name="lost">Share lost, 0 to 1.</param>
    public static double Mos(double roundTripMs, double jitterMs, double lost)
    {
        var delay = (roundTripMs / 2) + (2 * jitterMs) + CodecMs;
        var r = 94.2 - (0.024 * delay) - (0.11 * Math.Max(0, delay - KneeMs)) - (30 * PortableLog.Log(1 + (15 * lost)));
        if (r <= 0)
            return 1;
        return Math.Clamp(1 + (0.035 * r) + (7e-6 * r * (r - 60) * (100 - r)), 1, 4.5);
    }

    /// <summary>The class of a score.</summary>
    public static QualityClass Class(double mos) => mos switch
    {
        >= 4.34 => QualityClass.Great,
        >= 4.03 => QualityClass.Good,
        >= 3.60 => QualityClass.Fair,
        >= 3.10 => QualityClass.Poor,
        _ => QualityClass.Bad,
    };
}
