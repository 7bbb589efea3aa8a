namespace SignalStream.Signal.Forecasting;

/// <summary>A version of the price model. A version, once released, does not change: records would compare nothing.</summary>
/// <param name="Name">Name and version.</param>
/// <param name="UsesIndicators">Regressions on the indicators take part in the pool.</param>
public sealed record PriceModel(string Name, bool UsesIndicators)
{
    /// <summary>Last price, drift and the share of rises alone.</summary>
    public static PriceModel Drift { get; } = new("price-1", UsesIndicators: false);

    /// <summary>With the indicators.</summary>
    public static PriceModel Pool { get; } = new("price-2", UsesIndicators: true);

    /// <summary>All there are, oldest first; each forecasts beside the others, one is shown.</summary>
    public static IReadOnlyList<PriceModel> All { get; } = [Drift, Pool];

    /// <summary>By name; null for none of them.</summary>
    public static PriceModel? Find(string? name) => All.FirstOrDefault(m => m.Name == name);
}
