using NATS.Client.JetStream.Models;

namespace SignalStream.Messaging.Logs;

/// <summary>The logs there are, as JetStream streams.</summary>
public static class LogDefinitions
{
    /// <summary>KV bucket of the catalog.</summary>
    public const string CatalogBucket = "catalog";

    /// <summary>KV bucket of checkpoints.</summary>
    public const string StateBucket = "state";

    /// <summary>KV bucket of settings that people make.</summary>
    public const string RulesBucket = "rules";

    /// <summary>KV bucket of network targets.</summary>
    public const string TargetsBucket = "targets";

    /// <summary>Name of the log that keeps a type.</summary>
    public static string NameOf(SignalType type) => type switch
    {
        SignalType.Wave => "WAVES",
        SignalType.Reading => "READINGS",
        SignalType.Finding => "FINDINGS",
        SignalType.Forecast => "FORECASTS",
        SignalType.Alert => "ALERTS",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No log for it."),
    };

    /// <summary>Every stream with its limits.</summary>
    public static IReadOnlyList<StreamConfig> All(LogOptions options)
    {
        var duplicates = TimeSpan.FromSeconds(options.DuplicateWindowSeconds);
        return
        [
            Log(SignalType.Wave, TimeSpan.FromMinutes(options.WavesMinutes), options.WavesMegabytes, true),
            Log(SignalType.Reading, TimeSpan.FromHours(options.ReadingsHours), options.ReadingsMegabytes, true),
            Log(SignalType.Finding, TimeSpan.FromHours(options.FindingsHours), options.FindingsMegabytes, true),
            Log(SignalType.Forecast, TimeSpan.FromHours(options.ForecastsHours), options.ForecastsMegabytes, true),
            Log(SignalType.Alert, TimeSpan.FromDays(options.AlertsDays), options.AlertsMegabytes, false),
            Stream("REJECTED", [Subjects.AllRejected], TimeSpan.FromHours(1), options.RejectedMegabytes),
        ];

        StreamConfig Log(SignalType type, TimeSpan age, int megabytes, bool control) => Stream(
            NameOf(type), control ? [Subjects.All(type), Subjects.AllControl(type)] : [Subjects.All(type)], age, megabytes);

        StreamConfig Stream(string name, string[] subjects, TimeSpan age, int megabytes) => new(name, subjects)
        {
            Storage = StreamConfigStorage.File,
            MaxAge = age,
            MaxBytes = (long)megabytes << 20,
            DuplicateWindow = duplicates < age ? duplicates : age,
            NumReplicas = options.Replicas,
            AllowDirect = true,
        };
    }
}
