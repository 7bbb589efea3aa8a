using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SignalStream.Processor.Heart;

/// <summary>ECG to beats, heart rate, signal quality and alarms. Section <c>Heart</c>.</summary>
internal sealed class HeartOptions
{
    /// <summary>After a beat the detector is deaf so long, ms: no heart beats faster than 300/min.</summary>
    [Range(150, 400)] public double RefractoryMs { get; set; } = 200;

    /// <summary>
    /// Channels of a frame that are looked at, from the first on. Two were measured to be better than one; each costs a stream's
    /// checkpoint some 6 KiB at 250 Hz.
    /// </summary>
    [Range(1, 8)] public int Leads { get; set; } = 2;
}

[OptionsValidator]
internal sealed partial class HeartOptionsValidator : IValidateOptions<HeartOptions>;
