using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SignalStream.Predictor.Forecasts;

/// <summary>Forecasts of the next RR interval. Section <c>Forecasts</c>.</summary>
internal sealed class ForecastOptions
{
    /// <summary>Beats whose errors the intervals rest on. 100 are about 80 s: long enough for 90 %, short enough to follow.</summary>
    [Range(9, 10_000)] public int WindowBeats { get; set; } = 100;
}

[OptionsValidator]
internal sealed partial class ForecastOptionsValidator : IValidateOptions<ForecastOptions>;
