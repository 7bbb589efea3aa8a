using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SignalStream.Hosting.Partitions;

/// <summary>Work on partitions. Section <c>Partitions</c>.</summary>
public sealed class PartitionOptions
{
    /// <summary>Further behind the log than this, s, the service is not ready. Twice what a change of hands takes.</summary>
    [Range(1, 3600)] public double ReadyWithinSeconds { get; set; } = 5;

    /// <summary>
    /// The last messages of a log that each capability keeps in memory, MiB at most, so that a partition just gained is fed at once.
    /// 32 hold 6 s of 50,000 frames/s: longer than a dead replica is missed and its checkpoint is old. 0: fed from the log.
    /// </summary>
    [Range(0, 4096)] public int RecentMegabytes { get; set; } = 32;
}

[OptionsValidator]
internal sealed partial class PartitionOptionsValidator : IValidateOptions<PartitionOptions>;
