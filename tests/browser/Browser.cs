using Microsoft.Playwright;
using SignalStream.TestKit;

namespace SignalStream.BrowserTests;

/// <summary>A headless Chromium for all tests of a class; without one each is skipped by name.</summary>
public sealed class Browser : IAsyncLifetime, IAsyncDisposable
{
    // A test's browser talks to loopback alone: nothing is looked up, updated or synchronised.
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private readonly SemaphoreSlim _gate = new(1);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Opens a page of its own, of the size of a small screen.</summary>
    /// <param name="address">Of the page.</param>
    /// <param name="script">Runs before the page's own.</param>
    public async Task<ViewerPage> OpenAsync(Uri address, string? script = null)
    {
        var browser = await LaunchAsync();
        var page = await browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new() { Width = 1280, Height = 570 } });
        var viewer = new ViewerPage(page);
        if (script is not null)
            await page.AddInitScriptAsync(script);
        await page.GotoAsync(address.ToString());
        return viewer;
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        _gate.Dispose();
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());

    private async Task<IBrowser> LaunchAsync()
    {
        var chromium = Requirement.Chromium();
        await _gate.WaitAsync();
        try
        {
            _playwright ??= await Playwright.CreateAsync();
            return _browser ??= await _playwright.Chromium.LaunchAsync(
                new BrowserTypeLaunchOptions { ExecutablePath = chromium, Args = Arguments });
        }
        finally
        {
            _gate.Release();
        }
    }
}
