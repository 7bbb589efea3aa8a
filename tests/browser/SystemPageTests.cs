using SignalStream.TestKit;

namespace SignalStream.BrowserTests;

/// <summary>Two processors and all else, as the System page shows them.</summary>
public sealed class SystemPageTests(Browser browser) : IClassFixture<Browser>
{
    private const string Processor = "section[data-service=processor]";
    private const string Live = $"{Processor} .partitions .cell[data-state=live]";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public async Task Page_AProcessorIsKilled_ItsPartitionsGoToTheOtherAndItIsShownAsSilent()
    {
        Requirement.Chromium();
        await using var system = await RunningSystem.StartAsync();
        var gateway = await system.AddAsync("gateway");
        var first = await system.AddAsync("processor");
        await Task.WhenAll(system.AddAsync("processor"), system.AddAsync("predictor"), system.AddAsync("producer"));
        await using var page = await browser.OpenAsync(new Uri(gateway.Address, "#/system"));

        await Eventually.TrueAsync(async () => await page.ElementsAsync(Live) == 64 && (await OwnersAsync(page)).Count == 2, Patience);
        await Eventually.TrueAsync(async () => (await page.TextsAsync($"{Processor} [data-testid=rate]")).Any(rate => rate != "0"), Patience);
        Assert.Equal(["64 of 64 partitions live"], await page.TextsAsync($"{Processor} [data-testid=summary]"));
        Assert.Equal(["gateway", "predictor", "probes", "processor", "producer"], (await ServicesAsync(page)).Order());
        Assert.Contains("NATS connection is open", Assert.Single(await page.TextsAsync("[data-testid=nats]")), StringComparison.Ordinal);
        await page.ScreenshotAsync("system");

        await first.KillAsync();
        await Eventually.TrueAsync(async () => await page.ElementsAsync($"{Processor} tr[data-life=missed]") == 1, Patience);
        await Eventually.TrueAsync(async () => await page.ElementsAsync(Live) == 64 && (await OwnersAsync(page)).Count == 1, Patience);
        await page.ScreenshotAsync("system-after-a-kill");
        Assert.Empty(page.Complaints);
    }

    private static async Task<HashSet<string>> OwnersAsync(ViewerPage page) => [.. await page.TextsAsync(Live)];

    private static async Task<IReadOnlyList<string>> ServicesAsync(ViewerPage page) =>
        [.. (await page.TextsAsync("section.service h2")).Select(title => title.Split(' ', '\n')[0].ToUpperInvariant().ToLowerInvariant())];
}
