using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using SignalStream.Messaging.Logs;

namespace SignalStream.Producer.Pacing;

/// <summary>How much is kept for a log that is away. Section <c>Outbox</c>.</summary>
internal sealed class OutboxOptions
{
    /// <summary>Memory for frames that the log has not acknowledged, MiB. A frame of 10 samples takes 152 bytes: 64 MiB are 17 s at 25,000 a second.</summary>
    [Range(1, 4096)] public int Megabytes { get; set; } = 64;

    /// <summary>Frames are kept so long, s: a restart of the server takes less, and older ones help nobody who watches.</summary>
    [Range(2, 900)] public int MaxAgeSeconds { get; set; } = 60;

    /// <summary>A log that is silent so long is asked, ms. Processors give a missing frame 2 s, so that one lost must go again before.</summary>
    [Range(100, 10000)] public int AckTimeoutMs { get; set; } = 1000;

    public WaveOutboxSettings ToSettings() =>
        new((long)Megabytes << 20, TimeSpan.FromSeconds(MaxAgeSeconds), TimeSpan.FromMilliseconds(AckTimeoutMs));
}

[OptionsValidator]
internal sealed partial class OutboxOptionsValidator : IValidateOptions<OutboxOptions>;
