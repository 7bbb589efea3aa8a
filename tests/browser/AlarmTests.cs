using SignalStream.TestKit;

namespace SignalStream.BrowserTests;

/// <summary>Alarms and measuring, as who sits before the page sees them.</summary>
public sealed class AlarmTests(Browser browser) : IClassFixture<Browser>
{
    private const string Bed = "ecg.fast";
    private const string Row = "section[data-stream='ecg.fast']";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public async Task Page_AFastHeart_ShowsTachycardiaAndAHigherLimitEndsIt()
    {
        Requirement.Chromium();
        await using var system = await RunningSystem.StartAsync();
        await using var page = await OpenAsync(system);

        await Eventually.TrueAsync(async () => (await page.AnyTextAsync($"{Row} .alarm")).Contains("Tachycardia", StringComparison.Ordinal), Patience);
        Assert.StartsWith("!!", await page.AnyTextAsync($"{Row} .alarm"), StringComparison.Ordinal);
        Assert.Matches(@"fast:\s+Tachycardia", await page.AnyTextAsync("[data-testid=alarm-head]"));
        Assert.StartsWith("(!!", await page.TitleAsync(), StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => (await page.TextAsync(Bed, "quality")).Contains('%', StringComparison.Ordinal), Patience);
        await page.ScreenshotAsync("alarm");

        await page.ClickAsync($"{Row} [data-testid=limits]");
        await page.FillAsync("dialog[open] input[name=tachycardiaBpm]", "200");
        await page.ClickAsync("dialog[open] button[type=submit]");
        await Eventually.TrueAsync(async () => await page.AnyTextAsync("dialog[open]") == string.Empty);
        await page.ClickAsync($"{Row} [data-testid=limits]");
        await Eventually.TrueAsync(async () => (await page.AnyTextAsync("dialog[open]")).Contains("this stream's own", StringComparison.Ordinal));

        await page.ClickAsync("dialog[open] button:has-text('Close')");
        await Eventually.TrueAsync(async () => await page.AnyTextAsync($"{Row} .alarm") == string.Empty, Patience);

        await page.ClickAsync("nav a[href='#/alerts']");
        await Eventually.TrueAsync(async () => (await page.AnyTextAsync("[data-testid=over]")).Contains("Tachycardia", StringComparison.Ordinal));
        Assert.Empty(page.Complaints);
    }

    [SkippableFact]
    public async Task Caliper_DraggedAndByKeyboard_TellsTheInterval()
    {
        Requirement.Chromium();
        await using var system = await RunningSystem.StartAsync();
        await using var page = await OpenAsync(system);
        await Eventually.TrueAsync(async () => await page.StateAsync(Bed) == "live", Patience);

        // 25 mm/s at 96/25.4 px/mm are 94.5 px/s.
        await page.DragAsync(Bed, 200, 276);
        Assert.Equal("804 ms · 75/min", await page.TextAsync(Bed, "caliper"));
        await page.PressOnTraceAsync(Bed, "Shift+ArrowRight", "ArrowLeft");
        Assert.Equal("900 ms · 67/min", await page.TextAsync(Bed, "caliper"));
        await page.PressOnTraceAsync(Bed, "Escape");
        Assert.Equal(string.Empty, await page.TextAsync(Bed, "caliper"));
        await page.PressOnTraceAsync(Bed, "Enter");
        Assert.Equal("1000 ms · 60/min", await page.TextAsync(Bed, "caliper"));
    }

    private async Task<ViewerPage> OpenAsync(RunningSystem system)
    {
        var others = Task.WhenAll(
            system.AddAsync("processor"), system.AddAsync("producer", "Ecg:Streams:0:Id=fast", "Ecg:Streams:0:HeartRate=140"));
        var gateway = await system.AddAsync("gateway");
        await others;
        return await browser.OpenAsync(gateway.Address);
    }
}
