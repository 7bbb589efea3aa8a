using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SignalStream.Gateway.Relay;

/// <summary>What a viewer may have waiting, and for how long. Section <c>Relay</c>.</summary>
internal sealed class RelayOptions
{
    /// <summary>From so many streams on a viewer's waves are gathered.</summary>
    public const int ManyStreams = 8;

    /// <summary>Bound of a viewer's queue, KiB. At 130 bytes a frame, 1 MiB holds 5 s of 64 traces of 25 frames/s.</summary>
    [Range(4, 1 << 20)] public int QueueKilobytes { get; set; } = 1024;

    /// <summary>Frames of waves that have waited longer are dropped, s: a monitor that is further behind misleads.</summary>
    [Range(1, 600)] public int MaxAgeSeconds { get; set; } = 5;

    /// <summary>A viewer for which nothing has moved so long is closed, s.</summary>
    [Range(1, 600)] public int StallSeconds { get; set; } = 10;

    /// <summary>A viewer that is closed gets so long to answer, s; then its connection is aborted. Below the 10 s of a stop.</summary>
    [Range(1, 8)] public int CloseSeconds { get; set; } = 5;

    /// <summary>A stream's subscription is kept so long after its last viewer has left, s: a reload finds it warm.</summary>
    [Range(0, 3600)] public int LingerSeconds { get; set; } = 5;

    /// <summary>Frames of a stream that may wait on their way from NATS; at 25 a second 4,096 are nearly three minutes.</summary>
    [Range(16, 1 << 20)] public int BusFrames { get; set; } = 4096;

    /// <summary>Workers that send to viewers, each with a connection to NATS of its own; 0: one a core.</summary>
    [Range(0, 256)] public int Workers { get; set; }

    /// <summary>
    /// Waves for a viewer of many streams may wait so long for others to go out with them, ms; 0: not at all. With 16 streams of 25 frames/s
    /// 5 ms make three frames a send, and a screen shows something new every 16 ms anyway.
    /// </summary>
    [Range(0, 100)] public int GatherMilliseconds { get; set; } = 5;

    /// <summary>A hole in a stream's frames is looked for in its log so long before it is told, s; the stream's waves wait meanwhile.</summary>
    [Range(0, 60)] public int HealSeconds { get; set; } = 10;

    /// <summary>What a returning viewer missed comes at so many times the pace of life: a minute in half a second.</summary>
    [Range(2, 10_000)] public int ReplaySpeed { get; set; } = 120;

    /// <summary>Logs that are read at once for returning viewers; the others wait their turn.</summary>
    [Range(1, 10_000)] public int ReplayReaders { get; set; } = 64;

    /// <summary>Events of so long a time are read at start, s, so that the last known ones are there.</summary>
    [Range(1, 86400)] public int EventsBackSeconds { get; set; } = 120;

    /// <summary>Alerts of so long a time are read at start, h: one that was raised a day ago may still stand.</summary>
    [Range(0, 720)] public int AlertsBackHours { get; set; } = 48;

    internal TimeSpan Gather => TimeSpan.FromMilliseconds(GatherMilliseconds);
}

[OptionsValidator]
internal sealed partial class RelayOptionsValidator : IValidateOptions<RelayOptions>;
