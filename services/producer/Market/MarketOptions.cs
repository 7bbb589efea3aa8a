using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using SignalStream.Contracts;

namespace SignalStream.Producer.Market;

internal enum MarketSource
{
    None,
    Simulator,
    Replay,
    Quotes,
}

/// <summary>Which market symbols there are, and where their bars come from. Section <c>Market</c>.</summary>
internal sealed class MarketOptions
{
    /// <summary>None, Simulator (no market is behind it), Replay (CSV files) or Quotes (an HTTP endpoint).</summary>
    public MarketSource Source { get; set; }

    /// <summary>Symbols, separated by commas; also as the environment variable SYMBOLS. Replay: of these, the ones that there are files of.</summary>
    [Required] public string Symbols { get; set; } = "AAPL,MSFT,TSLA,GOOGL,AMZN";

    /// <summary>Simulator: seconds from bar to bar; also as the environment variable UPDATE_INTERVAL. 5 is a pace that can be watched.</summary>
    [Range(0.05, 86_400)] public double UpdateIntervalSeconds { get; set; } = 5;

    /// <summary>Simulator: bars of the time before, sent at once, so that forecasts are there from the start.</summary>
    [Range(0, 10_000)] public int WarmUpBars { get; set; } = 200;

    /// <summary>Simulator: equal seeds make equal bars; each symbol moves in its own way.</summary>
    public ulong Seed { get; set; } = 1;

    /// <summary>Replay: a folder of files SYMBOL.csv, or one file.</summary>
    public string? Path { get; set; }

    /// <summary>Replay: so many times faster than it happened; 0: as fast as possible. Daily bars at 86,400 come one a second.</summary>
    [Range(0, 1e9)] public double Speed { get; set; } = 1;

    /// <summary>Of the prices.</summary>
    [StringLength(8)] public string Currency { get; set; } = "USD";

    /// <summary>Splits that the prices of replay or quotes are not adjusted for.</summary>
    [ValidateEnumeratedItems] public List<SplitOptions> Splits { get; set; } = [];

    /// <summary>Quotes: the endpoint.</summary>
    [ValidateObjectMembers] public QuoteOptions Quotes { get; set; } = new();

    public IReadOnlyList<string> SymbolList => Symbols.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>A split.</summary>
internal sealed class SplitOptions
{
    /// <summary>Whose.</summary>
    [Required] public string Symbol { get; set; } = "";

    /// <summary>First day on which the new shares are traded.</summary>
    public DateOnly Date { get; set; }

    /// <summary>Shares that one has become: 7 for 7-for-1, 0.1 for a reverse split.</summary>
    [Range(0.001, 1000)] public double Ratio { get; set; } = 1;
}

/// <summary>An HTTP endpoint that answers with JSON.</summary>
internal sealed class QuoteOptions
{
    /// <summary>{symbol} is replaced, escaped.</summary>
    public string Url { get; set; } = "";

    /// <summary>Seconds from question to question of a symbol.</summary>
    [Range(0.05, 86_400)] public double IntervalSeconds { get; set; } = 30;

    /// <summary>Where the price stands in the answer: names and [places], joined by dots.</summary>
    [Required] public string Price { get; set; } = "price";

    /// <summary>Where the volume stands; empty: nowhere.</summary>
    public string Volume { get; set; } = "";

    /// <summary>Where the quote's time stands (ISO 8601 or a count since 1970); empty: nowhere, and it is when the answer came.</summary>
    public string Time { get; set; } = "";

    /// <summary>A try that takes longer has failed.</summary>
    [Range(0.05, 300)] public double TimeoutSeconds { get; set; } = 5;

    /// <summary>Tries after the first.</summary>
    [Range(1, 10)] public int Retries { get; set; } = 3;

    /// <summary>Before the first of them; doubled for each further one, with jitter.</summary>
    [Range(0.001, 60)] public double RetryDelaySeconds { get; set; } = 1;

    /// <summary>The endpoint is left alone so long after half of at least ten tries in a minute have failed.</summary>
    [Range(0.5, 3600)] public double BreakSeconds { get; set; } = 30;
}

[OptionsValidator]
internal sealed partial class MarketOptionsAttributes : IValidateOptions<MarketOptions>;

/// <summary>The attributes' rules, and those that join two settings.</summary>
internal sealed class MarketOptionsValidator : IValidateOptions<MarketOptions>
{
    public ValidateOptionsResult Validate(string? name, MarketOptions options)
    {
        List<string> failures = [.. new MarketOptionsAttributes().Validate(name, options).Failures ?? []];
        foreach (var symbol in options.SymbolList.Where(s => !StreamId.IsToken(s)))
            failures.Add($"Market:Symbols has {symbol}: a symbol is 1 to {StreamId.MaxTokenLength} of A-Z, a-z, 0-9, _ and -.");
        if (options.Source == MarketSource.Replay && string.IsNullOrWhiteSpace(options.Path))
            failures.Add("Market:Path is not set: Replay needs a folder of files SYMBOL.csv, or one file.");
        if (options.Source == MarketSource.Quotes && !IsUrl(options.Quotes.Url))
            failures.Add($"Market:Quotes:Url is '{options.Quotes.Url}': it must be an absolute http or https address.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static bool IsUrl(string url) =>
        Uri.TryCreate(url.Replace("{symbol}", "X", StringComparison.Ordinal), UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https";
}
