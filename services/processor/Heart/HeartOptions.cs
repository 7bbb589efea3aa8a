using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SignalStream.Processor.Heart;

/// <summary>ECG to beats and heart rate. Section <c>Heart</c>.</summary>
internal sealed class HeartOptions
{
    /// <summary>After a beat the detector is deaf so long, ms: no heart beats faster than 300/min.</summary>
    [Range(100, 400)] public double RefractoryMs { get; set; } = 200;
}

[OptionsValidator]
internal sealed partial class HeartOptionsValidator : IValidateOptions<HeartOptions>;
