namespace SignalStream.Eval.Latency;

/// <summary>What is done to a line.</summary>
internal enum InjectionKind
{
    Spike,
    Burst,
    Shift,
    Drift,
    Variance,
    Loss,
    Vanished,
}

/// <summary>A known anomaly in a trace.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="First">First reading that it touches.</param>
/// <param name="Count">How many it touches.</param>
/// <param name="SizeMs">How much it adds; the mean for a variance.</param>
internal sealed record Injection(InjectionKind Kind, int First, int Count, double SizeMs)
{
    private const int AReadingsSecond = 2;

    public int End => First + Count;

    /// <summary>One of a kind, from a seeded chance, on a line whose queues take so long in the mean.</summary>
    public static Injection Random(InjectionKind kind, int first, double baseMs, double jitterMs, Random chance)
    {
        double Of(double low, double high) => low + ((high - low) * chance.NextDouble());
        int Seconds(double low, double high) => (int)(AReadingsSecond * Of(low, high));
        return kind switch
        {
            InjectionKind.Spike => new(kind, first, chance.Next(1, 4), (20 + (30 * jitterMs)) * Of(1, 5)),
            InjectionKind.Burst => new(kind, first, Seconds(5, 15), (20 + (30 * jitterMs)) * Of(1, 5)),
            InjectionKind.Shift => new(kind, first, Seconds(120, 360), (10 + (0.1 * baseMs) + (12 * jitterMs)) * Of(1, 4)),
            InjectionKind.Drift => new(kind, first, Seconds(180, 360), (15 + (0.3 * baseMs) + (8 * jitterMs)) * Of(1, 2)),
            InjectionKind.Variance => new(kind, first, Seconds(120, 300), (5 + (5 * jitterMs)) * Of(1, 2)),
            InjectionKind.Loss => new(kind, first, Seconds(20, 60), Of(0.3, 0.6)),
            _ => new(kind, first, Seconds(20, 60), 0),
        };
    }

    /// <summary>Does it to the trace.</summary>
    public void Apply(float[] trace, Random chance)
    {
        for (var i = First; i < End; i++)
        {
            trace[i] += (float)(Kind switch
            {
                InjectionKind.Spike or InjectionKind.Shift => SizeMs,
                InjectionKind.Burst => (i - First) % 2 == 0 ? SizeMs : 0,
                // Rises over the first two thirds and stays.
                InjectionKind.Drift => SizeMs * Math.Min(1, 1.5 * (i - First) / Count),
                InjectionKind.Variance => -SizeMs * Math.Log(1 - chance.NextDouble()),
                InjectionKind.Loss => chance.NextDouble() < SizeMs ? double.NaN : 0,
                _ => double.NaN,
            });
        }
    }
}
