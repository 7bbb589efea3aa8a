using System.Text.Json;
using NATS.Client.Core;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Catalog;
using SignalStream.Messaging.Codec;
using SignalStream.TestKit;

namespace SignalStream.BrowserTests;

/// <summary>What the logs have of a target, on the Network page; taken along as files; and told on the desktop.</summary>
public sealed class NetworkHistoryTests(Browser browser) : IClassFixture<Browser>
{
    private const string Charts = "[data-testid=trend] canvas";

    /// <summary>Stands for the browser's own, which a test cannot click away.</summary>
    private const string FakeNotification = """
        window.asked = 0;
        window.told = [];
        window.Notification = class {
            static permission = 'default';
            static requestPermission() { window.asked++; this.permission = 'granted'; return Promise.resolve('granted'); }
            constructor(title) { window.told.push(title); }
        };
        """;

    private static readonly StreamId s_stream = new("net", "door");
    private static readonly DateTimeOffset s_now = TimeProvider.System.GetUtcNow();

    [SkippableFact]
    public async Task Page_ARangeIsChosen_ShowsWhatTheLogsHaveAndSavesIt()
    {
        Requirement.Chromium();
        await using var system = await RunningSystem.StartAsync();
        var gateway = await system.AddAsync("gateway");
        await using var bus = await PublishPastAsync(system.Nats.Url);
        await using var page = await browser.OpenAsync(new Uri(gateway.Address, "#/network?span=15m"));

        // Ten of fifteen minutes are in the log of readings.
        await Eventually.TrueAsync(async () => await page.ElementsAsync(Charts) == 1 && await FilledAsync(page) is > 0.55 and < 0.75);
        var (name, csv) = await page.DownloadAsync("button[aria-label='Export what is shown as CSV']");
        Assert.Matches(@"^network-[0-9T-]+\.csv$", name);
        var rows = csv.TrimEnd().Split("\r\n");
        Assert.StartsWith("stream,label,region,simulated,time,readings,lost,min,", rows[0], StringComparison.Ordinal);
        Assert.Equal(1200, rows.Skip(1).Sum(row => int.Parse(row.Split(',')[5], System.Globalization.CultureInfo.InvariantCulture)));

        // Twelve hours are in that of findings.
        await page.SelectAsync("[data-testid=span]", "24h");
        await Eventually.TrueAsync(async () => await FilledAsync(page) is > 0.4 and < 0.6);
        var target = default(JsonElement);
        await Eventually.TrueAsync(async () =>
        {
            // While the longer range is being fetched there is nothing to save.
            var (_, json) = await page.DownloadAsync("button[aria-label='Export what is shown as JSON']");
            target = JsonDocument.Parse(json).RootElement.GetProperty("targets").EnumerateArray().FirstOrDefault();
            return target.ValueKind == JsonValueKind.Object && target.GetProperty("anomalies").GetArrayLength() > 0;
        });
        Assert.Equal(("net.door", true), (target.GetProperty("stream").GetString(), target.GetProperty("simulated").GetBoolean()));
        Assert.Equal("level", target.GetProperty("anomalies")[0].GetProperty("form").GetString());

        // Smoke draws its medians in the traces' colour as well.
        await page.SelectAsync("[data-testid=view]", "smoke");
        await Eventually.TrueAsync(async () => await page.ElementsAsync("[data-view=smoke]") == 1 && await FilledAsync(page) > 0.4);
        Assert.Contains("view=smoke", page.Address.Fragment, StringComparison.Ordinal);
        await page.ScreenshotAsync("network-smoke");

        // Nothing of the last 20 s is in any log; what comes now is drawn as it comes.
        await page.SelectAsync("[data-testid=view]", "line");
        await page.SelectAsync("[data-testid=span]", "20s");
        await Eventually.TrueAsync(async () => await FilledAsync(page) < 0.1);
        // Edges of letters count as well.
        var empty = await FilledAsync(page);
        var index = 2000;
        await Eventually.TrueAsync(async () =>
        {
            await bus.PublishAsync(Subjects.Of(SignalType.Reading, s_stream), ReadingCodec.Encode(Reading(index++, TimeProvider.System.GetUtcNow())));
            return await FilledAsync(page) > empty + 0.05;
        });
        Assert.Empty(page.Complaints);
    }

    [SkippableFact]
    public async Task Page_ACriticalAlert_IsToldOnTheDesktopOnceSomebodyAskedForIt()
    {
        Requirement.Chromium();
        await using var system = await RunningSystem.StartAsync();
        var gateway = await system.AddAsync("gateway");
        await using var bus = await PublishPastAsync(system.Nats.Url);
        await using var page = await browser.OpenAsync(new Uri(gateway.Address, "#/network"), FakeNotification);
        await Eventually.TrueAsync(async () => await page.ElementsAsync(Charts) == 1);

        await RaiseAsync(bus, "asystole", 1);
        await Eventually.TrueAsync(async () => (await page.AnyTextAsync("[data-testid=alarm-head]")).Contains("Asystole", StringComparison.Ordinal));
        Assert.Equal((0, 0), (await page.ValueAsync<int>("window.asked"), await page.ValueAsync<int>("window.told.length")));

        await page.ClickAsync("[data-testid=notify]");
        await Eventually.TrueAsync(async () => await page.AnyTextAsync("[data-testid=notify]") == "Notify on");
        Assert.Equal(1, await page.ValueAsync<int>("window.asked"));
        await RaiseAsync(bus, "connection_lost", 2);
        await Eventually.TrueAsync(async () => await page.ValueAsync<string>("window.told.join()") == "Connection lost: Front door");
        Assert.Equal("on", await page.ValueAsync<string>("localStorage.getItem('signalstream.notify')"));

        await page.ClickAsync("[data-testid=notify]");
        await Eventually.TrueAsync(async () => await page.AnyTextAsync("[data-testid=notify]") == "Notify off");
        Assert.Equal(1, await page.ValueAsync<int>("window.asked"));
        Assert.Empty(page.Complaints);
    }

    /// <summary>Share of a chart's columns in which the line is drawn.</summary>
    private static async Task<double> FilledAsync(ViewerPage page)
    {
        var drawing = await page.DrawingAsync(Charts);
        return (double)drawing.Columns / drawing.Width;
    }

    /// <summary>Ten minutes of readings, half a second apart, until four minutes ago; half a day of findings until then.</summary>
    private static async Task<NatsConnection> PublishPastAsync(string url)
    {
        var bus = new NatsConnection(NatsOpts.Default with { Url = url });
        var catalog = new CatalogWriter(bus, "test", TimeProvider.System);
        await catalog.RenewLeaseAsync(default);
        await catalog.PutAsync(
            new CatalogEntry(s_stream, "Front door", "ms", 2) { Region = "here", Simulated = true, Source = "test", Life = Life.Live }, default);
        for (var i = 0; i < 1200; i++)
            await bus.PublishAsync(Subjects.Of(SignalType.Reading, s_stream), ReadingCodec.Encode(Reading(i, s_now.AddMinutes(-14).AddSeconds(i * 0.5))));
        for (var i = 0; i < 4320; i++)
        {
            var window = new LatencyWindow(10, 20, 0, 20 + (i % 7), 31, 33, 15, 34, 1, 1, 0, 4.3, LineQuality.Great);
            await PublishAsync(bus, new LatencyStatisticsEvent(At(i, s_now.AddHours(-12).AddSeconds(i * 10)), "latency-1", [window]));
        }

        var start = EventTime.Of(s_now.AddHours(-3));
        await PublishAsync(bus, new AnomalyEvent(At(5000, s_now.AddHours(-2)), "line-1", "rtt_ms", "level", start, EventTime.Of(s_now.AddHours(-2)), 0.9, "above the usual"));
        await bus.PingAsync();
        return bus;
    }

    private static async Task RaiseAsync(NatsConnection bus, string name, int index)
    {
        var now = TimeProvider.System.GetUtcNow();
        await PublishAsync(bus, new AlertEvent(At(index, now), "test", name, AlertState.Raised, AlertSeverity.High, EventTime.Of(now), null, "as tested"));
    }

    private static ValueTask PublishAsync(NatsConnection bus, SignalEvent happened) =>
        bus.PublishAsync(Subjects.Of(happened.Type, happened.Place.Stream), EventCodec.Encode(happened));

    private static EventPlace At(int index, DateTimeOffset time) => new(s_stream, 1, (ulong)index, EventTime.Of(time));

    private static ProbeReading Reading(int index, DateTimeOffset time) =>
        new(1, (ulong)index, EventTime.Of(time), ProbeKind.Tcp, ProbeOutcome.Answered, 20 + (index % 5)) { IntervalMs = 500, TimeoutMs = 1000 };
}
