using System.Globalization;
using SignalStream.TestKit;

namespace SignalStream.BrowserTests;

/// <summary>All services, and the page in a real browser.</summary>
public sealed class HeartPageTests(Browser browser) : IClassFixture<Browser>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // At 96 dpi and 10 mm/mV, half a millivolt: higher than noise, lower than an R-peak.
    private const int HalfMillivoltPx = 19;

    [SkippableFact]
    public async Task Page_TwoBeds_TheTraceMovesAndTheHeartRateShows()
    {
        Requirement.Chromium();
        await using var system = await RunningSystem.StartAsync();
        var gateway = await StartAsync(system);
        await using var page = await browser.OpenAsync(gateway.Address);

        await Eventually.TrueAsync(async () => (await page.StreamsAsync()).SequenceEqual(["ecg.bed-1", "ecg.bed-2"]), Patience);
        foreach (var stream in new[] { "ecg.bed-1", "ecg.bed-2" })
        {
            await Eventually.TrueAsync(async () => await RateAsync(page, stream) is > 30 and < 200, Patience);
            await Eventually.TrueAsync(async () => IsWritten(await page.TraceAsync(stream)), Patience);
            var drawn = await page.TraceAsync(stream);
            await Eventually.TrueAsync(async () => (await page.TraceAsync(stream)).Print != drawn.Print);
            Assert.Equal("live", await page.StateAsync(stream));
            await Eventually.TrueAsync(async () => Ends(await page.TextAsync(stream, "latency"), " ms"));
            await Eventually.TrueAsync(async () => Ends(await page.TextAsync(stream, "forecast"), " ms"), Patience);
        }

        await page.ScreenshotAsync("heart");
        Assert.Equal("live", await page.ConnectionAsync());
        Assert.Empty(page.Complaints);
    }

    [SkippableFact]
    public async Task Page_GatewayGoneAndBack_ReconnectsByItselfAndMissesNothing()
    {
        Requirement.Chromium();
        await using var system = await RunningSystem.StartAsync();
        var gateway = await StartAsync(system);
        await using var page = await browser.OpenAsync(gateway.Address);
        await Eventually.TrueAsync(async () => await FramesAsync(page) > 25, Patience);

        await gateway.KillAsync();
        await Eventually.TrueAsync(async () => await page.ConnectionAsync() is "reconnecting" or "connecting");
        await Eventually.TrueAsync(async () => await page.StateAsync("ecg.bed-1") == "overdue");
        var frames = await FramesAsync(page);

        await system.AddAsync("gateway", $"Urls={gateway.Address}");
        await Eventually.TrueAsync(async () => await page.ConnectionAsync() == "live");
        await Eventually.TrueAsync(async () => await FramesAsync(page) > frames + 25);
        Assert.Equal("live", await page.StateAsync("ecg.bed-1"));
        Assert.Equal(0, await page.CountAsync("ecg.bed-1", "gaps"));
    }

    [SkippableFact]
    public async Task Page_LinkCutForAWhile_ComesBackByItselfAndMissesNothing()
    {
        Requirement.Chromium();
        await using var system = await RunningSystem.StartAsync();
        var gateway = await StartAsync(system);
        await using var link = new FaultProxy(gateway.Address.Port);
        await using var page = await browser.OpenAsync(new UriBuilder(gateway.Address) { Port = link.Port }.Uri);
        await Eventually.TrueAsync(async () => await FramesAsync(page) > 50, Patience);

        link.Refuse = true;
        link.Cut();
        await Eventually.TrueAsync(async () => await page.ConnectionAsync() is "reconnecting");
        await Eventually.TrueAsync(async () => await page.StateAsync("ecg.bed-1") == "overdue");
        var frames = await FramesAsync(page);
        link.Refuse = false;
        await Eventually.TrueAsync(async () => await page.ConnectionAsync() == "live");

        // More than two seconds' worth of what was missed, and what is live.
        await Eventually.TrueAsync(async () => await FramesAsync(page) > frames + 75);
        Assert.Equal("live", await page.StateAsync("ecg.bed-1"));
        Assert.Equal(0, await page.CountAsync("ecg.bed-1", "gaps"));
    }

    [SkippableFact]
    public async Task Page_StreamsInTheAddress_ShowsThoseAndSaysWhichIsUnknown()
    {
        Requirement.Chromium();
        await using var system = await RunningSystem.StartAsync();
        var gateway = await StartAsync(system);
        await using var page = await browser.OpenAsync(new Uri(gateway.Address, "#/heart?streams=ecg.bed-2,ecg.nobody"));

        await Eventually.TrueAsync(async () => await page.StateAsync("ecg.bed-2") == "live", Patience);
        await Eventually.TrueAsync(async () => await page.StateAsync("ecg.nobody") == "problem");
        Assert.Contains("ecg.nobody", await page.TextAsync("ecg.nobody", "state"), StringComparison.Ordinal);
        Assert.Equal("--", await page.TextAsync("ecg.nobody", "heart-rate"));
    }

    [SkippableFact]
    public async Task Picker_ByKeyboard_ChangesThePageAndItsAddress()
    {
        Requirement.Chromium();
        await using var system = await RunningSystem.StartAsync();
        var gateway = await StartAsync(system);
        await using var page = await browser.OpenAsync(gateway.Address);
        await Eventually.TrueAsync(async () => (await page.StreamsAsync()).Count == 2, Patience);

        await page.ToggleAsync("bed-1");

        await Eventually.TrueAsync(async () => (await page.StreamsAsync()).SequenceEqual(["ecg.bed-2"]));
        Assert.EndsWith("streams=ecg.bed-2", page.Address.Fragment, StringComparison.Ordinal);
    }

    private static async Task<ServiceProcess> StartAsync(RunningSystem system)
    {
        var others = Task.WhenAll(system.AddAsync("processor"), system.AddAsync("predictor"), system.AddAsync("producer"));
        var gateway = await system.AddAsync("gateway");
        await others;
        return gateway;
    }

    /// <summary>Most of the sweep is drawn, and there is an R-peak in it.</summary>
    private static bool IsWritten(Trace trace) => trace.Tallest > HalfMillivoltPx && trace.Columns > trace.Width * 3 / 4;

    private static bool Ends(string text, string end) => text.EndsWith(end, StringComparison.Ordinal);

    private static async Task<long> FramesAsync(ViewerPage page) =>
        await page.StateAsync("ecg.bed-1") == string.Empty ? 0 : await page.CountAsync("ecg.bed-1", "frames");

    private static async Task<int> RateAsync(ViewerPage page, string stream) =>
        int.TryParse(await page.TextAsync(stream, "heart-rate"), CultureInfo.InvariantCulture, out var rate) ? rate : 0;
}
