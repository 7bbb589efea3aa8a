using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using SignalStream.Contracts;

namespace SignalStream.Producer.Ecg;

/// <summary>Which ECG streams there are. Section <c>Ecg</c>.</summary>
internal sealed class EcgOptions
{
    /// <summary>The streams, one by one. None here and no beds: two synthetic ones.</summary>
    [ValidateEnumeratedItems] public List<EcgStreamOptions> Streams { get; set; } = [];

    /// <summary>So many more synthetic streams, ecg.bed-1 and up: for load.</summary>
    [Range(0, 50_000)] public int Beds { get; set; }

    /// <summary>A WFDB record to show instead of all of that; also as the environment variable ECG.</summary>
    public string? Record { get; set; }

    /// <summary>Samples a frame. 10 at 250 Hz are 40 ms: below what an eye notices, above what costs.</summary>
    [Range(1, 1000)] public int BatchSamples { get; set; } = 10;

    /// <summary>Every so many seconds a burst begins; 0: none. For load.</summary>
    [Range(0, 86_400)] public double BurstEverySeconds { get; set; }

    /// <summary>How long it lasts.</summary>
    [Range(0.1, 3600)] public double BurstSeconds { get; set; } = 5;

    /// <summary>How many times the rate.</summary>
    [Range(1, 100)] public double BurstFactor { get; set; } = 4;
}

/// <summary>One stream.</summary>
internal sealed class EcgStreamOptions
{
    /// <summary>Its id: ecg.ID is the stream.</summary>
    [Required, RegularExpression("[A-Za-z0-9_-]{1,64}", ErrorMessage = "{0} must be 1 to 64 of A-Z, a-z, 0-9, _ and -.")]
    public string Id { get; set; } = "";

    /// <summary>For people; the id when left out.</summary>
    public string? Label { get; set; }

    /// <summary>Synthetic or Wfdb.</summary>
    public EcgSourceKind Source { get; set; }

    /// <summary>Wfdb: the record's path, without extension.</summary>
    public string? Record { get; set; }

    /// <summary>Wfdb: replay factor.</summary>
    [Range(0.01, 1000)] public double Speed { get; set; } = 1;

    /// <summary>Wfdb: starts over at the end.</summary>
    public bool Loop { get; set; } = true;

    /// <summary>Synthetic: sampling rate, Hz.</summary>
    [Range(100, 1000)] public double RateHz { get; set; } = 250;

    /// <summary>Synthetic: mean heart rate, 1/min.</summary>
    [Range(20, 300)] public double HeartRate { get; set; } = 72;

    /// <summary>Synthetic: its standard deviation, 1/min.</summary>
    [Range(0, 100)] public double HeartRateSd { get; set; } = 2;

    /// <summary>Synthetic: power of the slow part of its variability (0.1 Hz) to that of breathing (0.25 Hz).</summary>
    [Range(0.01, 100)] public double LfHfRatio { get; set; } = 0.5;

    /// <summary>Synthetic: height of the R-peak, mV.</summary>
    [Range(0.05, 10)] public double AmplitudeMv { get; set; } = 1.2;

    /// <summary>Synthetic: standard deviation of the noise, mV.</summary>
    [Range(0, 5)] public double NoiseMv { get; set; } = 0.01;

    /// <summary>Synthetic: amplitude of the baseline wander, mV.</summary>
    [Range(0, 5)] public double WanderMv { get; set; } = 0.05;

    /// <summary>Synthetic: amplitude of the mains hum, mV.</summary>
    [Range(0, 5)] public double HumMv { get; set; }

    /// <summary>Synthetic: frequency of the mains hum, Hz.</summary>
    [AllowedValues(50.0, 60.0, ErrorMessage = "{0} must be 50 or 60.")] public double HumHz { get; set; } = 50;

    /// <summary>Synthetic: ventricular ectopic beats a minute.</summary>
    [Range(0, 100)] public double EctopicsPerMinute { get; set; }

    /// <summary>Synthetic: pauses a minute.</summary>
    [Range(0, 20)] public double PausesPerMinute { get; set; }

    /// <summary>Synthetic: RR interval of a pause, s.</summary>
    [Range(1, 60)] public double PauseSeconds { get; set; } = 3;

    /// <summary>Synthetic: equal seeds and settings make equal samples; 0 takes one from the id.</summary>
    public ulong Seed { get; set; }

    public StreamId Stream => new("ecg", Id);
}

internal enum EcgSourceKind
{
    Synthetic,
    Wfdb,
}

[OptionsValidator]
internal sealed partial class EcgOptionsAttributes : IValidateOptions<EcgOptions>;

[OptionsValidator]
internal sealed partial class EcgStreamOptionsAttributes : IValidateOptions<EcgStreamOptions>;

/// <summary>The attributes' rules, and those that join two settings.</summary>
internal sealed class EcgOptionsValidator : IValidateOptions<EcgOptions>
{
    public ValidateOptionsResult Validate(string? name, EcgOptions options)
    {
        var attributes = new EcgOptionsAttributes().Validate(name, options);
        List<string> failures = [.. attributes.Failures ?? []];
        if (options.BurstEverySeconds > 0 && options.BurstEverySeconds <= options.BurstSeconds)
            failures.Add($"Ecg:BurstEverySeconds is {options.BurstEverySeconds}: it must be 0 or above Ecg:BurstSeconds, {options.BurstSeconds}.");
        foreach (var (index, stream) in options.Streams.Index())
        {
            if (stream.Source == EcgSourceKind.Wfdb && string.IsNullOrWhiteSpace(stream.Record))
                failures.Add($"Ecg:Streams:{index}:Record is not set: a Wfdb source needs it, the path of a record without extension.");
            if (stream.HeartRateSd > stream.HeartRate / 3)
                failures.Add($"Ecg:Streams:{index}:HeartRateSd is {stream.HeartRateSd}: it must be at most a third of HeartRate, {stream.HeartRate}.");
        }

        foreach (var twice in options.Streams.GroupBy(s => s.Id, StringComparer.Ordinal).Where(g => g.Count() > 1))
            failures.Add($"Ecg:Streams: the id {twice.Key} stands {twice.Count()} times; a stream has one source.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
