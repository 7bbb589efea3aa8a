using System.Text;
using SignalStream.Messaging.Catalog;
using SignalStream.Producer.Pacing;
using SignalStream.Signal.Synthesis;

namespace SignalStream.Producer.Ecg;

/// <summary>A heart that nobody has.</summary>
internal sealed class SyntheticEcg : IWaveSource
{
    private readonly EcgGenerator _generator;

    public SyntheticEcg(EcgStreamOptions options, int batchSamples, Burst? burst)
    {
        _generator = new EcgGenerator(new EcgSettings
        {
            RateHz = options.RateHz,
            HeartRateBpm = options.HeartRate,
            HeartRateSdBpm = options.HeartRateSd,
            LfHfRatio = options.LfHfRatio,
            AmplitudeMv = options.AmplitudeMv,
            NoiseSdMv = options.NoiseMv,
            WanderMv = options.WanderMv,
            HumMv = options.HumMv,
            HumHz = options.HumHz,
            EctopicsPerMinute = options.EctopicsPerMinute,
            PausesPerMinute = options.PausesPerMinute,
            PauseSeconds = options.PauseSeconds,
            Seed = options.Seed == 0 ? SeedOf(options.Id) : options.Seed,
        });
        BatchSamples = batchSamples;
        Schedule = new Schedule(options.RateHz, 1, burst);
        Entry = new CatalogEntry(options.Stream, options.Label ?? options.Id, "mV", options.RateHz)
        {
            Channels = [new CatalogChannel("II", -2, 2)],
            Source = "synthetic",
            Simulated = true,
            Speed = Schedule.Speed(options.RateHz),
        };
    }

    public CatalogEntry Entry { get; }

    public int BatchSamples { get; }

    public Schedule Schedule { get; }

    public int Read(Span<float> values, int count)
    {
        _generator.Process(values[..count]);
        return count;
    }

    public void Dispose()
    {
        // Nothing to give back.
    }

    /// <summary>FNV-1a of the id: every bed beats in its own way, the same with each start.</summary>
    private static ulong SeedOf(string id) =>
        Encoding.UTF8.GetBytes(id).Aggregate(14695981039346656037UL, (hash, b) => (hash ^ b) * 1099511628211UL);
}
