using System.ComponentModel.DataAnnotations;

namespace SignalStream.Messaging.Logs;

/// <summary>How much the logs keep. The server reserves the bytes, so their sum must fit its disk.</summary>
public sealed class LogOptions
{
    /// <summary>Replay window of the waves, minutes: a viewer that was away so long misses nothing.</summary>
    [Range(1, 10080)] public int WavesMinutes { get; set; } = 15;

    /// <summary>Byte limit of the waves, MiB. A frame takes about 130 bytes: 1 GiB are 9,000 frames/s for 15 minutes.</summary>
    [Range(1, 1 << 20)] public int WavesMegabytes { get; set; } = 1024;

    /// <summary>Readings are kept so long, hours.</summary>
    [Range(1, 8760)] public int ReadingsHours { get; set; } = 24;

    /// <summary>Byte limit of the readings, MiB.</summary>
    [Range(1, 1 << 20)] public int ReadingsMegabytes { get; set; } = 512;

    /// <summary>Findings are kept so long, hours.</summary>
    [Range(1, 8760)] public int FindingsHours { get; set; } = 24;

    /// <summary>Byte limit of the findings, MiB.</summary>
    [Range(1, 1 << 20)] public int FindingsMegabytes { get; set; } = 512;

    /// <summary>Forecasts are kept so long, hours.</summary>
    [Range(1, 8760)] public int ForecastsHours { get; set; } = 24;

    /// <summary>Byte limit of the forecasts, MiB.</summary>
    [Range(1, 1 << 20)] public int ForecastsMegabytes { get; set; } = 256;

    /// <summary>Alerts are kept so long, days.</summary>
    [Range(1, 3650)] public int AlertsDays { get; set; } = 30;

    /// <summary>Byte limit of the alerts, MiB.</summary>
    [Range(1, 1 << 20)] public int AlertsMegabytes { get; set; } = 64;

    /// <summary>Byte limit of refused inputs, MiB; they are kept for an hour.</summary>
    [Range(1, 1 << 20)] public int RejectedMegabytes { get; set; } = 64;

    /// <summary>The same message id is stored once within so many seconds.</summary>
    [Range(1, 3600)] public int DuplicateWindowSeconds { get; set; } = 120;

    /// <summary>Copies of each log and bucket in a cluster: 1, 3 or 5; more than 1 needs nats-server 2.11.</summary>
    [AllowedValues(1, 3, 5, ErrorMessage = "{0} must be 1, 3 or 5.")] public int Replicas { get; set; } = 1;
}
