using SignalStream.Contracts;
using SignalStream.IntegrationTests.EndToEnd;
using SignalStream.IntegrationTests.Rules;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Webhooks;

/// <summary>Alerts from their log to real HTTP servers, by processors as processes of their own.</summary>
[Collection(nameof(EndToEndGroup))]
public sealed class WebhookTests
{
    private const int Alerts = 40;

    [SkippableFact]
    public async Task Receivers_ThatHangFailOrAreSlow_GetEverythingThroughAKill_AndDoNotDelayTheOthers()
    {
        await using var system = await RunningSystem.StartAsync();
        await using var good = await Receiver.StartAsync();
        await using var broken = await Receiver.StartAsync();
        await using var hung = await Receiver.StartAsync();
        await using var slow = await Receiver.StartAsync();
        var isWell = new TaskCompletionSource();
        broken.Behave = (request, _) => Task.FromResult(isWell.Task.IsCompleted || request % 3 == 0 ? 204 : 500);
        hung.Behave = async (_, gone) =>
        {
            await isWell.Task.WaitAsync(gone);
            return 200;
        };
        slow.Behave = async (_, gone) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, gone);
            return 200;
        };
        var settings = Settings(good, broken, hung, slow);
        ServiceProcess[] processors = [await system.AddAsync("processor", settings), await system.AddAsync("processor", settings)];
        await using var findings = new Findings(system.Nats.Url);

        // Every receiver's place is there before the first alert: one that is new begins at the log's end.
        foreach (var receiver in (string[])["webhook-0", "webhook-1", "webhook-2", "webhook-3"])
            await Eventually.TrueAsync(async () => await findings.HasKeyAsync("state", $"webhook.{receiver}"), TimeSpan.FromSeconds(60));
        var told = new List<(string Fingerprint, string Status)>();
        for (var i = 0; i < Alerts; i++)
        {
            told.AddRange(await findings.AlertAsync(new StreamId("net", $"t-{i % 8}"), i));
            if (i == Alerts / 2)
                await processors[0].KillAsync();
        }

        await Eventually.TrueAsync(() => HasAll(good, told) && HasAll(broken, told) && HasAll(slow, told), TimeSpan.FromSeconds(60));
        Assert.Empty(hung.Taken);
        await Eventually.TrueAsync(async () => await processors[1].MetricAsync("signalstream_webhook_oldest_seconds{receiver=\"webhook-2\"}") > 1);
        await Eventually.TrueAsync(async () => await processors[1].MetricAsync("signalstream_webhook_retries_total{receiver=\"webhook-2\",reason=\"timeout\"}") > 0);
        isWell.SetResult();
        await Eventually.TrueAsync(() => HasAll(hung, told), TimeSpan.FromSeconds(60));
        foreach (var receiver in (Receiver[])[good, broken, hung, slow])
            AssertInOrder(receiver);
        Assert.All(good.Tokens, token => Assert.Equal("Bearer not-for-the-log", token));
        await Eventually.TrueAsync(async () => await processors[1].MetricAsync("signalstream_webhook_oldest_seconds{receiver=\"webhook-2\"}") == 0);
    }

    [SkippableFact]
    public async Task Receiver_ThatRefusesWhatItIsSent_IsPassedOverAndCounted()
    {
        await using var system = await RunningSystem.StartAsync();
        await using var fussy = await Receiver.StartAsync();
        fussy.Behave = (request, _) => Task.FromResult(request == 1 ? 400 : 200);
        var processor = await system.AddAsync("processor", Settings(fussy));
        await using var findings = new Findings(system.Nats.Url);
        await Eventually.TrueAsync(async () => await findings.HasKeyAsync("state", "webhook.webhook-0"), TimeSpan.FromSeconds(60));
        await findings.AlertAsync(new StreamId("net", "a"), 1);
        await Eventually.TrueAsync(() => fussy.Requests >= 1);
        var told = await findings.AlertAsync(new StreamId("net", "a"), 2);
        await Eventually.TrueAsync(() => HasAll(fussy, told));
        Assert.True(await processor.MetricAsync("signalstream_webhook_alerts_failed_total{receiver=\"webhook-0\"}") > 0);
    }

    private static bool HasAll(Receiver receiver, List<(string Fingerprint, string Status)> told) => told.TrueForAll(receiver.Taken.Contains);

    /// <summary>At least once: what comes again after a kill comes from some place on in order, so an alert's last word is that it is over.</summary>
    private static void AssertInOrder(Receiver receiver) =>
        Assert.All(receiver.Taken.GroupBy(t => t.Fingerprint), alert => Assert.Equal("resolved", alert.Last().Status));

    private static string[] Settings(params Receiver[] receivers) =>
    [
        .. receivers.SelectMany((receiver, i) => new[]
        {
            $"Webhooks:Receivers:{i}:Url={receiver.Url}", $"Webhooks:Receivers:{i}:Token=not-for-the-log", $"Webhooks:Receivers:{i}:TimeoutSeconds=1",
            $"Webhooks:Receivers:{i}:RetrySeconds=0.05", $"Webhooks:Receivers:{i}:LongestRetrySeconds=0.5", $"Webhooks:Receivers:{i}:BreakSeconds=0.5",
        }),
    ];
}
