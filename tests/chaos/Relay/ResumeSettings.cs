using System.Globalization;

namespace SignalStream.ChaosTests.Relay;

/// <summary>How many interruptions of what, all to be given by the environment, so that a failure can be repeated.</summary>
/// <param name="Interruptions">In all: viewers' links, gateways, nats-server.</param>
/// <param name="Longest">No link and no server is away for longer, s.</param>
/// <param name="Viewers">Each with a link of its own.</param>
/// <param name="Streams">That each of them watches.</param>
/// <param name="Seed">Of what happens when.</param>
internal sealed record ResumeSettings(int Interruptions, double Longest, int Viewers, int Streams, int Seed)
{
    public static ResumeSettings FromEnvironment() => new(
        (int)Number("CHAOS_COUNT", 24), Number("CHAOS_LONGEST", 3), (int)Number("CHAOS_VIEWERS", 6), (int)Number("CHAOS_STREAMS", 3),
        (int)Number("CHAOS_SEED", Random.Shared.Next()));

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"CHAOS_SEED={Seed} CHAOS_COUNT={Interruptions} CHAOS_LONGEST={Longest} CHAOS_VIEWERS={Viewers} CHAOS_STREAMS={Streams}");

    private static double Number(string name, double otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
