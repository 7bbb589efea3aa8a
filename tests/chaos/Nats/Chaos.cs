using System.Globalization;
using Xunit.Abstractions;

namespace SignalStream.ChaosTests.Nats;

/// <summary>How much chaos, and from which seed; both can be given by the environment, so that a failure can be repeated.</summary>
internal static class Chaos
{
    private const int DefaultKills = 3;

    /// <summary>How often the server is killed; as many faults come on the line.</summary>
    public static int Kills => Number("CHAOS_KILLS") ?? DefaultKills;

    /// <summary>Everything that a run has to finish in, so that what hangs is a failure.</summary>
    public static TimeSpan Bound => TimeSpan.FromSeconds(60 + (Kills * 10));

    public static Random NewRandom(ITestOutputHelper output)
    {
        var seed = Number("CHAOS_SEED") ?? Random.Shared.Next();
        output.WriteLine(FormattableString.Invariant($"CHAOS_SEED={seed} CHAOS_KILLS={Kills}"));
        return new Random(seed);
    }

    /// <summary>Time between faults, or between a client's tries: it paces what happens, and nothing is waited for with it.</summary>
    public static Task PauseAsync(TimeSpan pause) => Task.Delay(pause, TimeProvider.System);

    private static int? Number(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : null;
}
