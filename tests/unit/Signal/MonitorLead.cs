namespace SignalStream.UnitTests.Signal;

/// <summary>Leads for a monitor's tests: triangular QRS complexes, T-waves and pacemaker pulses, laid down one by one.</summary>
/// <remarks>
/// A sample is the mean of the signal over the sample's time, as an ideal averaging converter gives it: what a pulse far
/// shorter than a sample leaves is its area.
/// </remarks>
internal sealed class MonitorLead(double rateHz, double seconds)
{
    private const double QrsSeconds = 0.1;
    private const double TWaveSeconds = 0.18;
    private const double QtSeconds = 0.35;

    public double RateHz { get; } = rateHz;

    public float[] Samples { get; } = new float[(int)(rateHz * seconds)];

    /// <summary>A beat whose R-peak is at a time, s: up in two fifths of its width, down, and a sixth below, as a QRS complex has it.</summary>
    public void AddBeat(double at, double mv = 1, double widthSeconds = QrsSeconds, double tWaveMv = 0.2)
    {
        double Wave(double t) => Triangle(t, widthSeconds * 0.4, widthSeconds * 0.4, mv)
            - Triangle(t - (widthSeconds * 0.5), widthSeconds * 0.1, widthSeconds * 0.1, mv / 6);
        Add(at - (widthSeconds * 0.4), at + (widthSeconds * 0.6), t => Wave(t - at));
        AddTWave(at - (widthSeconds * 0.4) + QtSeconds, tWaveMv);
    }

    /// <summary>A pacemaker's pulse, and what is left of it in the body: an overshoot that fades.</summary>
    public void AddPulse(double at, double mv, double widthMs, double overshootMv = 0, double fadeMs = 4)
    {
        var (end, fade) = (at + (widthMs / 1000), fadeMs / 1000);
        double Charge(double t) => t <= at ? 0
            : t <= end ? mv * (t - at)
            : (mv * (end - at)) - (Math.Sign(mv) * overshootMv * fade * (1 - Math.Exp(-(t - end) / fade)));
        var last = Math.Min(Samples.Length, (int)((end + (12 * fade)) * RateHz) + 2);
        for (var i = Math.Max(0, (int)(at * RateHz)); i < last; i++)
            Samples[i] += (float)((Charge((i + 0.5) / RateHz) - Charge((i - 0.5) / RateHz)) * RateHz);
    }

    private void AddTWave(double end, double mv)
    {
        var start = end - TWaveSeconds;
        Add(start, end, t => mv * 0.5 * (1 - Math.Cos(2 * Math.PI * (t - start) / TWaveSeconds)));
    }

    private void Add(double from, double to, Func<double, double> wave)
    {
        for (var i = Math.Max(0, (int)Math.Ceiling(from * RateHz)); i <= Math.Min(Samples.Length - 1, to * RateHz); i++)
            Samples[i] += (float)wave(i / RateHz);
    }

    private static double Triangle(double t, double rise, double fall, double mv) =>
        t < 0 ? mv * Math.Max(0, 1 + (t / rise)) : mv * Math.Max(0, 1 - (t / fall));
}
