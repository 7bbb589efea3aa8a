using SignalStream.Contracts;
using SignalStream.IntegrationTests.EndToEnd;
using SignalStream.Messaging;
using SignalStream.TestKit;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.IntegrationTests.Rules;

/// <summary>From a rule over REST to its alerts on the WebSocket, with two processors of which one is killed.</summary>
[Collection(nameof(EndToEndGroup))]
public sealed class RulesSystemTests
{
    private static readonly StreamId[] Beds = [.. Enumerable.Range(0, 20).Select(i => new StreamId("ecg", $"bed-{i}"))];

    [SkippableFact]
    public async Task Rule_PutOverRest_AlertsOnceEachThroughAKill_AndIsAcknowledgedForEverybody()
    {
        await using var system = await RunningSystem.StartAsync();
        var first = await system.AddAsync("processor");
        await system.AddAsync("processor");
        var gateway = await system.AddAsync("gateway");
        await using var findings = new Findings(system.Nats.Url);
        await findings.AddAsync(Beds);
        await using var viewer = await ViewerClient.ConnectAsync(gateway.Address);
        await viewer.SubscribeAsync("ecg.*");
        await findings.AskAsync(HttpMethod.Put, gateway.Address, "rules/fast", """{"name":"Fast","stream":"ecg.*","field":"heart_rate.bpm","threshold":140,"severity":"high"}""");

        // The rule acts from its place in each partition's log on, which is there about a second after the first finding.
        await TellUntilAsync(findings, 150, () => Alerts(viewer, V1.AlertState.Raised).Length == Beds.Length);
        var raised = Alerts(viewer, V1.AlertState.Raised)[0];
        Assert.Equal(("rule_fast", "fast", "Fast", V1.AlertSeverity.High), (raised.Name, raised.Rule, raised.Title, raised.Severity));
        Assert.Contains("\"acknowledgedBy\":\"Anna\"", await AcknowledgeAsync(raised.Fingerprint), StringComparison.Ordinal);
        await Eventually.TrueAsync(() => Alerts(viewer, V1.AlertState.Acknowledged) is [{ AcknowledgedBy: "Anna" } seen] && seen.Fingerprint == raised.Fingerprint);

        await first.KillAsync();
        await TellUntilAsync(findings, 100, () => Alerts(viewer, V1.AlertState.Cleared).Length == Beds.Length);
        await TellUntilAsync(findings, 160, () => Alerts(viewer, V1.AlertState.Raised).Length == 2 * Beds.Length);

        var alerts = await findings.AlertsAsync();
        foreach (var bed in alerts.Where(a => a.State != AlertState.Acknowledged).GroupBy(a => a.Place.Stream))
        {
            Assert.Equal([AlertState.Raised, AlertState.Cleared, AlertState.Raised], bed.Select(a => a.State));
            Assert.Equal(2, bed.Select(a => a.Fingerprint).Distinct().Count());
        }

        var other = await system.AddAsync("gateway");
        await using var late = await ViewerClient.ConnectAsync(other.Address);
        await late.SubscribeAsync("ecg.*");
        await Eventually.TrueAsync(() => Alerts(late, V1.AlertState.Raised).Length == Beds.Length);
        Assert.Single(Alerts(late, V1.AlertState.Acknowledged));
        await findings.AskAsync(HttpMethod.Delete, gateway.Address, "rules/fast");
        await Eventually.TrueAsync(() => Alerts(viewer, V1.AlertState.Cleared).Length == 2 * Beds.Length);
        Assert.Contains("\"alerts\":[]", await findings.AskAsync(HttpMethod.Get, other.Address, "alerts?standing=true"), StringComparison.Ordinal);

        Task<string> AcknowledgeAsync(string fingerprint) =>
            findings.AskAsync(HttpMethod.Post, gateway.Address, $"alerts/{fingerprint}/acknowledge", """{"by":"Anna"}""");
    }

    private static async Task TellUntilAsync(Findings findings, double bpm, Func<bool> isSo) => await Eventually.TrueAsync(
        async () =>
        {
            await findings.TellAsync(bpm, Beds);
            return isSo();
        },
        TimeSpan.FromSeconds(60));

    private static V1.Alert[] Alerts(ViewerClient viewer, V1.AlertState state) =>
        [.. viewer.Events.Where(e => e.Alert?.State == state).Select(e => e.Alert)];
}
