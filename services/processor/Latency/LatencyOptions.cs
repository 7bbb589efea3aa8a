using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SignalStream.Processor.Latency;

/// <summary>Readings of network targets to statistics, anomalies and states. Section <c>Latency</c>.</summary>
internal sealed class LatencyOptions
{
    /// <summary>A reading that takes so much longer than the one before is a micro-stutter, ms: a frame of a game is 17.</summary>
    [Range(1, 1000)] public double StutterMs { get; set; } = 20;

    /// <summary>Statistics are told so often, s of the readings' time.</summary>
    [Range(1, 60)] public int EverySeconds { get; set; } = 1;
}

[OptionsValidator]
internal sealed partial class LatencyOptionsValidator : IValidateOptions<LatencyOptions>;
