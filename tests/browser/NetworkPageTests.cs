using SignalStream.TestKit;

namespace SignalStream.BrowserTests;

/// <summary>Real and simulated targets on the Network page, one of them added, and lost, by hand.</summary>
public sealed class NetworkPageTests(Browser browser) : IClassFixture<Browser>
{
    private const string Added = "section[data-target='net.door']";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public async Task Page_ATargetIsAddedChangedAndRemoved_IsShownAsItIs()
    {
        Requirement.Chromium();
        using var responders = new Responders();
        await using var system = await RunningSystem.StartAsync();
        var gateway = await system.AddAsync("gateway");
        await system.AddAsync("processor");
        await system.AddAsync("producer", "Probes:AllowPrivate=true", "Probes:Default=true", $"Probes:Gateway={new Uri(gateway.Address, "health/live")}");
        await using var page = await browser.OpenAsync(new Uri(gateway.Address, "#/network"));

        await Eventually.TrueAsync(async () => await page.ElementsAsync("section[data-condition=up]") >= 4, Patience);
        await Eventually.TrueAsync(async () => await page.AnyTextAsync("[data-testid=network-word]") == "● network active", Patience);
        Assert.Contains("simulated", await page.AnyTextAsync("section[data-target='net.sim-eu-central'] header"), StringComparison.Ordinal);
        Assert.DoesNotContain("simulated", await page.AnyTextAsync("section[data-target='net.nats-server'] header"), StringComparison.Ordinal);

        await AddAsync(page, "nowhere");
        await Eventually.TrueAsync(async () => (await page.AnyTextAsync("[data-testid=target-problem]")).Contains("address nowhere must be host:port", StringComparison.Ordinal));
        await page.FillAsync("dialog[open] input[name=address]", responders.Tcp);
        await page.ClickAsync("dialog[open] button[type=submit]");
        await Eventually.TrueAsync(async () => await page.AnyTextAsync($"{Added} [data-testid=condition]") == "● up", Patience);
        Assert.Contains("ms", await page.AnyTextAsync($"{Added} [data-figure=p50] dd"), StringComparison.Ordinal);
        await page.ScreenshotAsync("network");

        await page.ClickAsync($"{Added} header button");
        await page.FillAsync("dialog[open] input[name=address]", Responders.Closed());
        await page.ClickAsync("dialog[open] button[type=submit]");
        await Eventually.TrueAsync(async () => await page.AnyTextAsync($"{Added} [data-testid=condition]") == "✕ down", Patience);
        await Eventually.TrueAsync(async () => await page.AnyTextAsync("[data-testid=network-word]") == "◐ network degraded", Patience);
        await Eventually.TrueAsync(async () => (await page.AnyTextAsync("[data-incident='net.door']")).Contains("Connection lost", StringComparison.Ordinal), Patience);
        await page.ScreenshotAsync("network-degraded");

        await page.ClickAsync($"{Added} header button");
        await page.ClickAsync("[data-testid=remove-target]");
        await Eventually.TrueAsync(async () => await page.ElementsAsync(Added) == 0, Patience);
        await Eventually.TrueAsync(async () => await page.AnyTextAsync("[data-testid=network-word]") == "● network active", Patience);

        // Chromium minds that the gateway refused the address, and nothing else.
        Assert.All(page.Complaints, complaint => Assert.Contains("400", complaint, StringComparison.Ordinal));
    }

    private static async Task AddAsync(ViewerPage page, string address)
    {
        await page.ClickAsync("[data-testid=add-target]");
        await page.FillAsync("dialog[open] input[name=label]", "Door");
        await page.FillAsync("dialog[open] input[name=region]", "here");
        await page.FillAsync("dialog[open] input[name=address]", address);
        await page.FillAsync("dialog[open] input[name=intervalMs]", "250");
        await page.ClickAsync("dialog[open] button[type=submit]");
    }
}
