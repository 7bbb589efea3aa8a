using SignalStream.TestKit;

namespace SignalStream.BrowserTests;

/// <summary>A rule put, seen to fire, acknowledged and removed on the Alerts page.</summary>
public sealed class AlertsPageTests(Browser browser) : IClassFixture<Browser>
{
    private const string Fast = "[data-testid=standing] [data-alert=rule_too-fast]";
    private const string Rule = "[data-testid=rules] [data-rule=too-fast]";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public async Task Page_ARuleIsAddedFiresIsAcknowledgedAndRemoved_IsShownAsItIs()
    {
        Requirement.Chromium();
        await using var system = await RunningSystem.StartAsync();
        var gateway = await system.AddAsync("gateway");
        await system.AddAsync("processor");
        await system.AddAsync("producer");
        await using var page = await browser.OpenAsync(new Uri(gateway.Address, "#/alerts"));
        await Eventually.TrueAsync(async () => (await page.AnyTextAsync("[data-rule=latency]")).Contains("built in", StringComparison.Ordinal), Patience);

        await page.ClickAsync("[data-testid=add-rule]");
        await page.FillAsync("dialog[open] input[name=name]", "Too fast");
        await page.FillAsync("dialog[open] input[name=stream]", "ecg.*");
        await page.FillAsync("dialog[open] input[name=field]", "heart_rate.speed");
        await page.FillAsync("dialog[open] input[name=threshold]", "20");
        await page.ClickAsync("dialog[open] button[type=submit]");
        await Eventually.TrueAsync(async () => (await page.AnyTextAsync("[data-testid=rule-problem]")).Contains("HeartRate has no speed, only bpm", StringComparison.Ordinal));
        await page.FillAsync("dialog[open] input[name=field]", "heart_rate.bpm");
        await page.ClickAsync("dialog[open] button[type=submit]");
        await Eventually.TrueAsync(async () => (await page.AnyTextAsync(Rule)).Contains("ecg.*: heart rate > 20/min", StringComparison.Ordinal), Patience);

        await Eventually.TrueAsync(async () => await page.ElementsAsync(Fast) == 2, Patience);
        Assert.Contains("above 20/min", await page.AnyTextAsync(Fast), StringComparison.Ordinal);
        await page.FillAsync(".by input", "Anna");
        await page.ClickAsync($"{Fast} [data-testid=acknowledge]");
        await Eventually.TrueAsync(async () => await page.AnyTextAsync($"{Fast}[data-state=acknowledged] .seen") == "seen by Anna", Patience);
        await page.ScreenshotAsync("alerts");

        await page.ClickAsync($"{Rule} button");
        await page.ClickAsync("[data-testid=remove-rule]");
        await Eventually.TrueAsync(async () => await page.ElementsAsync(Fast) == 0 && await page.ElementsAsync(Rule) == 0, Patience);
        Assert.Contains("the rule was removed", await page.AnyTextAsync("[data-testid=over] [data-alert=rule_too-fast]"), StringComparison.Ordinal);

        // Chromium minds that the gateway refused the rule, and nothing else.
        Assert.All(page.Complaints, complaint => Assert.Contains("400", complaint, StringComparison.Ordinal));
    }
}
