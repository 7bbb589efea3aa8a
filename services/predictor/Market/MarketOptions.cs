using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using SignalStream.Signal.Forecasting;

namespace SignalStream.Predictor.Market;

/// <summary>Forecasts of prices. Section <c>MarketForecasts</c>.</summary>
internal sealed class MarketOptions
{
    /// <summary>The model that is shown where the setting <c>market</c> names none. All models run beside each other.</summary>
    [Required] public string Model { get; set; } = PriceModel.Pool.Name;

    /// <summary>Every so many bars the models' records are told. 10 keep the log small and are often enough to look at.</summary>
    [Range(1, 10_000)] public int RecordEvery { get; set; } = 10;
}

[OptionsValidator]
internal sealed partial class MarketOptionsAttributes : IValidateOptions<MarketOptions>;

/// <summary>The attributes' rules, and that there is such a model.</summary>
internal sealed class MarketOptionsValidator : IValidateOptions<MarketOptions>
{
    public ValidateOptionsResult Validate(string? name, MarketOptions options)
    {
        var attributes = new MarketOptionsAttributes().Validate(name, options);
        return attributes.Failed || PriceModel.Find(options.Model) is not null
            ? attributes
            : ValidateOptionsResult.Fail($"MarketForecasts:Model is {options.Model}: {string.Join(", ", PriceModel.All.Select(m => m.Name))} are known.");
    }
}
