using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SignalStream.Hosting.Partitions;

/// <summary>Work on partitions. Section <c>Partitions</c>.</summary>
public sealed class PartitionOptions
{
    /// <summary>Further behind the log than this, s, the service is not ready. Twice what a change of hands takes.</summary>
    [Range(1, 3600)] public double ReadyWithinSeconds { get; set; } = 5;
}

[OptionsValidator]
internal sealed partial class PartitionOptionsValidator : IValidateOptions<PartitionOptions>;
