using System.Globalization;
using SignalStream.Hosting;
using SignalStream.Producer.Pacing;

namespace SignalStream.Producer.Ecg;

internal static class EcgRegistration
{
    public static WebApplicationBuilder AddEcg(this WebApplicationBuilder builder)
    {
        builder.Services.AddCheckedOptions<EcgOptions, EcgOptionsValidator>("Ecg");
        // ECG=path is, to the configuration, the value of the section Ecg itself.
        if (builder.Configuration["Ecg"] is { Length: > 0 } record)
        {
            builder.Configuration["Ecg:Record"] ??= record;
            builder.Configuration["Ecg"] = null;
        }

        builder.Services.AddSingleton<IWaveSourceProvider, EcgSources>();
        return builder;
    }
}

/// <summary>Opens the configured ECG streams.</summary>
internal sealed class EcgSources(EcgOptions options) : IWaveSourceProvider
{
    public IEnumerable<ConfiguredSource> Configured() => Streams().Select(s => new ConfiguredSource(s.Stream, () => Open(s)));

    private IWaveSource Open(EcgStreamOptions stream) => stream.Source switch
    {
        EcgSourceKind.Wfdb => new WfdbReplay(stream, options.BatchSamples, Burst()),
        _ => new SyntheticEcg(stream, options.BatchSamples, Burst()),
    };

    private Burst? Burst() => options.BurstEverySeconds > 0
        ? new Burst(options.BurstEverySeconds - options.BurstSeconds, options.BurstSeconds, options.BurstFactor)
        : null;

    private IEnumerable<EcgStreamOptions> Streams()
    {
        if (!string.IsNullOrWhiteSpace(options.Record))
            return [OfRecord(options.Record)];
        if (options.Streams.Count == 0 && options.Beds == 0)
            return Default;
        return options.Streams.Concat(Enumerable.Range(1, options.Beds).Select(Bed).ExceptBy(options.Streams.Select(s => s.Id), s => s.Id));
    }

    private static EcgStreamOptions[] Default =>
    [
        new() { Id = "bed-1", Label = "Bed 1", HeartRate = 72, HeartRateSd = 2 },
        new() { Id = "bed-2", Label = "Bed 2", HeartRate = 96, HeartRateSd = 4, EctopicsPerMinute = 4, NoiseMv = 0.02, WanderMv = 0.1 },
    ];

    private static EcgStreamOptions OfRecord(string path)
    {
        var name = Path.GetFileNameWithoutExtension(path);
        return new EcgStreamOptions
        {
            Id = new string([.. name.Take(64).Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '-')]),
            Label = $"Record {name}",
            Source = EcgSourceKind.Wfdb,
            Record = path,
        };
    }

    /// <summary>Beds differ, as people do: rates from 55 to 114, some with ectopic beats.</summary>
    private static EcgStreamOptions Bed(int number) => new()
    {
        Id = string.Create(CultureInfo.InvariantCulture, $"bed-{number}"),
        Label = string.Create(CultureInfo.InvariantCulture, $"Bed {number}"),
        HeartRate = 55 + number * 17 % 60,
        HeartRateSd = 1 + number % 4,
        EctopicsPerMinute = number % 5 == 0 ? 3 : 0,
    };
}
