using SignalStream.Messaging.Settings;
using SignalStream.Producer.Probes;
using SignalStream.Signal.Synthesis;

namespace SignalStream.UnitTests.Producer.Probes;

public sealed class DefaultTargetsTests
{
    private const int InTenSeconds = 20;
    private const int TenSecondsOfADay = 8640;

    /// <summary>An alarm that stands from the start and for ever tells nothing; one that never comes shows nothing.</summary>
    [Fact]
    public void Of_SimulatedRegions_PassTheBuiltInLimitNowAndThenOnly()
    {
        var limit = RuleDefinition.BuiltIn["latency"].Limit;
        var shares = DefaultTargets.Of("", "").ToDictionary(t => t.Stream.Id, t => Medians(t.Simulated!).Average(ms => ms > limit ? 1.0 : 0.0));
        Assert.Equal(5, shares.Count);
        Assert.All(shares, region => Assert.True(region.Value < 0.15, region.ToString()));
        Assert.True(shares["sim-ap-southeast"] > 0.01, shares["sim-ap-southeast"].ToString());
        Assert.All(DefaultTargets.Of("", ""), t => Assert.True(Medians(t.Simulated! with { CongestionsPerDay = 0, RouteChangesPerDay = 0 }).Max() < limit, t.Stream.ToString()));
    }

    /// <summary>Medians of ten seconds over a day, ms.</summary>
    private static IEnumerable<double> Medians(LatencySettings line)
    {
        Assert.Equal(10_000, line.IntervalMs * InTenSeconds);
        var generator = new LatencyGenerator(line);
        var timeNs = 1_780_000_000_000_000_000L;
        for (var i = 0; i < TenSecondsOfADay; i++)
        {
            var readings = new List<float>();
            for (var j = 0; j < InTenSeconds; j++, timeNs += 500_000_000)
                readings.Add(generator.Next(timeNs));
            var answered = readings.Where(ms => !float.IsNaN(ms)).Order().ToArray();
            if (answered.Length > 0)
                yield return answered[answered.Length / 2];
        }
    }
}
