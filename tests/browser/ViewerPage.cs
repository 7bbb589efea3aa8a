using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Playwright;
using SignalStream.TestKit;

namespace SignalStream.BrowserTests;

/// <summary>The viewer's page as a person sees it: texts, states, and the pixels of its traces.</summary>
public sealed class ViewerPage : IAsyncDisposable
{
    // Green above all else is the trace; grid, paper and marks are not. A copy is read: reading the canvas itself would
    // change the way in which it is drawn.
    private const string TraceScript = """
        canvas => {
            const { width, height } = canvas;
            const copy = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
            copy.drawImage(canvas, 0, 0);
            const { data } = copy.getImageData(0, 0, width, height);
            let columns = 0, tallest = 0, print = 0;
            for (let x = 0; x < width; x++) {
                let pixels = 0;
                for (let y = 0; y < height; y++) {
                    const at = 4 * (y * width + x);
                    if (data[at + 1] > 150 && data[at] < 110 && data[at + 2] < 190) {
                        pixels++;
                        print = (31 * print + x * height + y) | 0;
                    }
                }
                if (pixels > 0) columns++;
                tallest = Math.max(tallest, pixels);
            }
            return [width, columns, tallest, print];
        }
        """;

    private readonly IPage _page;
    private readonly ConcurrentQueue<string> _complaints = new();

    internal ViewerPage(IPage page)
    {
        _page = page;
        page.PageError += (_, error) => _complaints.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                _complaints.Enqueue(message.Text);
        };
    }

    /// <summary>What the browser minded so far: exceptions, refused resources, failed requests.</summary>
    public IReadOnlyList<string> Complaints => [.. _complaints];

    public Task<string> ConnectionAsync() => AttributeAsync("[data-testid=connection]", "data-state");

    /// <summary>Names of the streams on the page, from top to bottom.</summary>
    public async Task<IReadOnlyList<string>> StreamsAsync() =>
        await _page.Locator("section.stream").EvaluateAllAsync<string[]>("rows => rows.map(row => row.dataset.stream)");

    public Task<string> StateAsync(string stream) => AttributeAsync(Row(stream), "data-state");

    /// <summary>One of the row's texts.</summary>
    public async Task<string> TextAsync(string stream, string name)
    {
        var place = _page.Locator($"{Row(stream)} [data-testid={name}]");
        return await place.CountAsync() == 1 ? await place.InnerTextAsync() : string.Empty;
    }

    /// <summary>One of the row's counters.</summary>
    public async Task<long> CountAsync(string stream, string name) =>
        long.Parse(await AttributeAsync($"{Row(stream)} [data-testid={name}]", "data-value"), CultureInfo.InvariantCulture);

    /// <summary>How many elements a selector finds.</summary>
    public Task<int> ElementsAsync(string selector) => _page.Locator(selector).CountAsync();

    /// <summary>What stands in the elements that a selector finds.</summary>
    public Task<IReadOnlyList<string>> TextsAsync(string selector) => _page.Locator(selector).AllInnerTextsAsync();

    /// <summary>The trace as it is drawn now.</summary>
    public Task<Trace> TraceAsync(string stream) => DrawingAsync($"{Row(stream)} .trace canvas");

    /// <summary>What is drawn in the traces' colour on a canvas now.</summary>
    public async Task<Trace> DrawingAsync(string selector)
    {
        var numbers = await _page.Locator(selector).EvaluateAsync<int[]>(TraceScript);
        return new Trace(numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    /// <summary>Opens the picker by keyboard, filters, and takes or leaves the first stream found.</summary>
    public async Task ToggleAsync(string filter)
    {
        await _page.GetByTestId("choose").FocusAsync();
        await _page.Keyboard.PressAsync("Enter");
        await _page.Keyboard.TypeAsync(filter);
        await Eventually.TrueAsync(async () => await _page.Locator("dialog li").CountAsync() == 1);
        await _page.Locator("dialog li input").FocusAsync();
        await _page.Keyboard.PressAsync("Space");
        await _page.Keyboard.PressAsync("Escape");
    }

    /// <summary>Text of anything on the page; empty when it is not there. In one step, since what is there may vanish meanwhile.</summary>
    public Task<string> AnyTextAsync(string selector) =>
        _page.Locator(selector).EvaluateAllAsync<string>("found => found.length > 0 ? found[0].innerText : ''");

    public Task<string> TitleAsync() => _page.TitleAsync();

    public Task ClickAsync(string selector) => _page.Locator(selector).First.ClickAsync();

    /// <summary>Chooses in a list by the choice's value.</summary>
    public Task SelectAsync(string selector, string value) => _page.Locator(selector).First.SelectOptionAsync(value);

    /// <summary>What a script's expression is worth on the page.</summary>
    public Task<T> ValueAsync<T>(string expression) => _page.EvaluateAsync<T>(expression);

    /// <summary>The file that a click saves.</summary>
    public async Task<(string Name, string Text)> DownloadAsync(string selector)
    {
        var download = await _page.RunAndWaitForDownloadAsync(() => ClickAsync(selector));
        return (download.SuggestedFilename, await File.ReadAllTextAsync(await download.PathAsync()));
    }

    public Task FillAsync(string selector, string text) => _page.Locator(selector).First.FillAsync(text);

    /// <summary>Drags over a row's trace.</summary>
    public async Task DragAsync(string stream, float from, float to)
    {
        var area = await _page.Locator($"{Row(stream)} [data-testid=caliper-area]").BoundingBoxAsync() ?? throw new InvalidOperationException("No trace.");
        await _page.Mouse.MoveAsync(area.X + from, area.Y + 40);
        await _page.Mouse.DownAsync();
        await _page.Mouse.MoveAsync(area.X + to, area.Y + 60, new MouseMoveOptions { Steps = 4 });
        await _page.Mouse.UpAsync();
    }

    /// <summary>Keys pressed with the focus on a row's trace.</summary>
    public async Task PressOnTraceAsync(string stream, params string[] keys)
    {
        await _page.Locator($"{Row(stream)} [data-testid=caliper-area]").FocusAsync();
        foreach (var key in keys)
            await _page.Keyboard.PressAsync(key);
    }

    public Uri Address => new(_page.Url);

    /// <summary>Saves what is on screen beside the results of the tests.</summary>
    public Task ScreenshotAsync(string name) =>
        _page.ScreenshotAsync(new PageScreenshotOptions { Path = Repository.Path($"TestResults/{name}.png") });

    public async ValueTask DisposeAsync() => await _page.CloseAsync();

    private static string Row(string stream) => $"section[data-stream='{stream}']";

    private async Task<string> AttributeAsync(string selector, string attribute)
    {
        var place = _page.Locator(selector);
        return await place.CountAsync() == 1 ? await place.GetAttributeAsync(attribute) ?? string.Empty : string.Empty;
    }
}

/// <summary>A trace in pixels.</summary>
/// <param name="Width">Columns of the canvas.</param>
/// <param name="Columns">Columns in which something is drawn.</param>
/// <param name="Tallest">Most pixels in one column.</param>
/// <param name="Print">Another one when a pixel changes.</param>
public sealed record Trace(int Width, int Columns, int Tallest, int Print);
