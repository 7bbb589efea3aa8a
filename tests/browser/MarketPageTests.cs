using System.Globalization;
using SignalStream.TestKit;

namespace SignalStream.BrowserTests;

/// <summary>A simulated market, as the Market page shows it.</summary>
public sealed class MarketPageTests(Browser browser) : IClassFixture<Browser>
{
    private const string Symbol = "section[data-symbol='market.AAPL']";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public async Task Page_ASimulatedMarket_ShowsThePriceItsFanAndTheRecord()
    {
        Requirement.Chromium();
        await using var system = await RunningSystem.StartAsync();
        var gateway = await system.AddAsync("gateway");
        await Task.WhenAll(system.AddAsync("predictor"), system.AddAsync(
            "producer", "Ecg:Beds=0", "Market:Source=Simulator", "Market:Symbols=AAPL,MSFT", "Market:UpdateIntervalSeconds=0.5", "Market:WarmUpBars=200"));
        await using var page = await browser.OpenAsync(new Uri(gateway.Address, "#/market"));

        await Eventually.TrueAsync(async () => await page.ElementsAsync("section.symbol [data-testid=price]") == 2, Patience);
        await Eventually.TrueAsync(async () => await page.ElementsAsync($"{Symbol} [data-testid=record] tbody tr") == 4, Patience);
        Assert.Equal("simulated", await page.AnyTextAsync($"{Symbol} .badge.simulated"));
        Assert.InRange(await PercentAsync(page, "confidence"), 50, 100);
        Assert.InRange(await PercentAsync(page, "volatility"), 0, 100);
        Assert.Contains("coin", await page.AnyTextAsync($"{Symbol} [data-testid=coin]"), StringComparison.Ordinal);

        // The past is written over most of the chart, and moves on with the next bars.
        await Eventually.TrueAsync(async () => await page.DrawingAsync($"{Symbol} canvas") is var t && t.Columns > t.Width / 2, Patience);
        var drawn = await page.DrawingAsync($"{Symbol} canvas");
        var price = await page.AnyTextAsync($"{Symbol} [data-testid=price]");
        await Eventually.TrueAsync(async () => await page.AnyTextAsync($"{Symbol} [data-testid=price]") != price, Patience);
        await Eventually.TrueAsync(async () => (await page.DrawingAsync($"{Symbol} canvas")).Print != drawn.Print, Patience);
        await page.ScreenshotAsync("market");

        // Away and back: what was before is there again.
        await page.ClickAsync("nav a[href='#/system']");
        await Eventually.TrueAsync(async () => await page.ElementsAsync("section.symbol") == 0);
        await page.ClickAsync("nav a[href='#/market']");
        await Eventually.TrueAsync(async () => await page.ElementsAsync($"{Symbol} canvas") == 1
            && await page.DrawingAsync($"{Symbol} canvas") is var t && t.Columns > t.Width / 2, Patience);
        Assert.Empty(page.Complaints);
    }

    private static async Task<double> PercentAsync(ViewerPage page, string name) =>
        double.Parse((await page.AnyTextAsync($"{Symbol} [data-testid={name}]")).TrimEnd(' ', '%'), CultureInfo.InvariantCulture);
}
