using System.Globalization;

namespace SignalStream.ChaosTests.Processor;

/// <summary>How long, how much and what; all of it can be given by the environment, so that a failure can be repeated.</summary>
/// <param name="Seconds">How long there is input, the faults included; catching up comes after it.</param>
/// <param name="Replicas">Processors at the start, and after each fault.</param>
/// <param name="Streams">ECG streams of 250 Hz.</param>
/// <param name="Seed">Of the plan and of the hearts.</param>
/// <param name="Faults">Kinds that the plan draws from.</param>
/// <param name="LogFolder">Where the replicas' output is left; null for nowhere.</param>
internal sealed record ChaosSettings(int Seconds, int Replicas, int Streams, int Seed, IReadOnlyList<FaultKind> Faults, string? LogFolder)
{
    private const int ShortForm = 90;
    private const int Longest = 600;

    public static ChaosSettings FromEnvironment() => new(
        Math.Clamp(Number("CHAOS_SECONDS", ShortForm), 10, Longest),
        Math.Clamp(Number("CHAOS_REPLICAS", 3), 2, 16),
        Math.Clamp(Number("CHAOS_STREAMS", 32), 1, 2000),
        Number("CHAOS_SEED", Random.Shared.Next()),
        Kinds(Text("CHAOS_FAULTS") ?? "all"),
        Text("CHAOS_LOGS"));

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"CHAOS_SEED={Seed} CHAOS_SECONDS={Seconds} CHAOS_REPLICAS={Replicas} CHAOS_STREAMS={Streams} CHAOS_FAULTS={FaultText}");

    private string FaultText => Faults.Count == 0 ? "none" : string.Join(',', Faults);

    private static FaultKind[] Kinds(string text) => text switch
    {
        "all" => Enum.GetValues<FaultKind>(),
        "none" => [],
        _ => [.. text.Split(',').Select(name => Enum.Parse<FaultKind>(name, ignoreCase: true))],
    };

    private static int Number(string name, int otherwise) =>
        Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static string? Text(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : null;
}
