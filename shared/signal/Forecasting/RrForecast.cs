namespace SignalStream.Signal.Forecasting;

/// <summary>A range that the next value falls into with a stated chance.</summary>
/// <param name="Low">Lower end, ms.</param>
/// <param name="High">Upper end, ms.</param>
public readonly record struct ForecastInterval(float Low, float High);

/// <summary>What the next RR interval will be, and how sure that is.</summary>
/// <param name="PointMs">The single best guess, ms.</param>
/// <param name="Half">Holds the next interval in half of the cases.</param>
/// <param name="Eighty">Holds it in 80 % of the cases.</param>
/// <param name="Ninety">Holds it in 90 % of the cases.</param>
public readonly record struct RrForecast(float PointMs, ForecastInterval Half, ForecastInterval Eighty, ForecastInterval Ninety);
