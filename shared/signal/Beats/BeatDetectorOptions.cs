namespace SignalStream.Signal.Beats;

/// <summary>Settings of a <see cref="BeatDetector"/>.</summary>
public sealed record BeatDetectorOptions
{
    /// <summary>No beat follows another sooner, ms, from 150 to 400. 200 ms are a rate of 300/min.</summary>
    public double RefractoryMs { get; init; } = 200;

    internal void Validate()
    {
        if (RefractoryMs is not (>= 150 and <= 400))
            throw new ArgumentOutOfRangeException(nameof(RefractoryMs), RefractoryMs, "RefractoryMs must be from 150 to 400.");
    }
}
