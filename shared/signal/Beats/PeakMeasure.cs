using SignalStream.Signal.Filtering;

namespace SignalStream.Signal.Beats;

/// <summary>Measures the complex around a peak of energy: where its R-peak is, how high, steep and wide.</summary>
internal sealed class PeakMeasure(QrsFilter filter, BeatTemplate template, double rateHz)
{
    private readonly int _search = (int)Math.Round(rateHz * 0.12);
    private readonly int _narrow = Math.Max(1, (int)Math.Round(rateHz * 0.025));
    private readonly int _wide = (int)Math.Round(rateHz * 0.065);
    private readonly int _refine = Math.Max(1, (int)Math.Round(rateHz * 0.015));
    private readonly int _around = (int)Math.Round(rateHz * 0.08);
    private readonly int _span = (int)Math.Round(rateHz * 0.15);
    private readonly int[] _buffer = new int[(int)(rateHz * 0.45)];

    /// <param name="peak">Index at which the energy was largest.</param>
    /// <param name="energy">The energy there.</param>
    /// <param name="valley">The least energy before it.</param>
    /// <param name="newest">Index of the newest sample.</param>
    public Candidate At(long peak, long energy, long valley, long newest)
    {
        var centre = Math.Max(0, peak - filter.EnergyDelay);
        var bend = SharpestBend(centre, newest, out var upward);
        var top = Extremum(bend, newest, upward);
        var (width, steepest) = Width(centre, newest);
        return new Candidate(
            top, energy, valley, steepest, template.Likeness(top, newest), Offset(top, newest), Amplitude(top, newest), width);
    }

    /// <summary>
    /// Where the smoothed signal bends most sharply on two scales, the narrow complex's and the wide one's: a peak
    /// whatever the baseline under it does.
    /// </summary>
    private long SharpestBend(long centre, long newest, out bool upward)
    {
        var (up, down, atUp, atDown) = (0, 0, centre, centre);
        var first = Math.Max(0, centre - _search);
        var last = Math.Min(centre + _search, newest - filter.SmoothDelay - _narrow);
        var around = _buffer.AsSpan(0, (int)(last - first) + 1 + (2 * _wide));
        filter.Smooth.CopyTo(first + filter.SmoothDelay - _wide, around);
        // What is not there yet is taken as the newest value.
        var missing = (int)Math.Max(0, last + filter.SmoothDelay + _wide - newest);
        around[^missing..].Fill(filter.Smooth[newest]);
        for (var i = 0; i < around.Length - (2 * _wide); i++)
        {
            var at = i + _wide;
            var bend = (4 * around[at]) - around[at - _narrow] - around[at + _narrow] - around[i] - around[at + _wide];
            if (bend > up) (up, atUp) = (bend, first + i);
            if (-bend > down) (down, atDown) = (-bend, first + i);
        }

        upward = up >= down;
        return upward ? atUp : atDown;
    }

    /// <summary>Climbs to the top of the smoothed hill, at most some way, and from there to the raw extremum.</summary>
    private long Extremum(long near, long newest, bool upward)
    {
        for (var steps = _search; steps > 0; steps--)
        {
            var j = near + filter.SmoothDelay;
            if (j + 1 > newest || near < 1) break;
            int before = Up(filter.Smooth[j - 1]), at = Up(filter.Smooth[j]), after = Up(filter.Smooth[j + 1]);
            if (before <= at && after <= at) break;
            near += after >= before ? 1 : -1;
        }

        var top = near;
        for (var i = Math.Max(0, near - _refine); i <= Math.Min(near + _refine, newest); i++)
        {
            if (Up(filter.Raw[i]) > Up(filter.Raw[top])) top = i;
        }

        return top;

        int Up(int value) => upward ? value : -value;
    }

    /// <summary>Vertex of the parabola through the extremum and its neighbours.</summary>
    private float Offset(long top, long newest)
    {
        if (top >= newest) return 0;
        int before = filter.Raw[top - 1], at = filter.Raw[top], after = filter.Raw[top + 1];
        var bend = (2 * at) - before - after;
        return bend == 0 ? 0 : Math.Clamp(0.5f * (after - before) / bend, -0.5f, 0.5f);
    }

    private float Amplitude(long top, long newest)
    {
        var left = filter.Smooth[top - _around + filter.SmoothDelay];
        var right = filter.Smooth[Math.Min(top + _around + filter.SmoothDelay, newest)];
        var baseline = (left + (float)right) / (2 * filter.Gain);
        return (filter.Raw[top] - baseline) / QrsFilter.StepsPerMv;
    }

    /// <summary>From the first to the last slope above a seventh of the steepest, less what the filter adds.</summary>
    private (float WidthMs, int Steepest) Width(long centre, long newest)
    {
        var delay = filter.SmoothDelay + (filter.Reach / 2);
        var slopes = _buffer.AsSpan(0, (int)(Math.Min(centre + _span + delay, newest) - (centre - _span + delay)) + 1);
        filter.Slope.CopyTo(centre - _span + delay, slopes);
        var steepest = 0;
        for (var i = _span - _search; i < Math.Min(_span + _search + 1, slopes.Length); i++)
            steepest = Math.Max(steepest, Math.Abs(slopes[i]));
        var (first, last) = (0, slopes.Length - 1);
        while (first < last && Math.Abs(slopes[first]) * 7L < steepest) first++;
        while (last > first && Math.Abs(slopes[last]) * 7L < steepest) last--;
        var samples = Math.Max(1, last - first + 1 - filter.Reach - filter.SmoothDelay);
        return ((float)(samples * 1000 / rateHz), steepest);
    }
}
