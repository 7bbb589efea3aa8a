namespace SignalStream.Signal.Forecasting;

/// <summary>How far ahead forecasts look.</summary>
public static class ForecastHorizons
{
    /// <summary>How many there are.</summary>
    public const int Count = 4;

    /// <summary>The farthest, in steps.</summary>
    public const int Longest = 12;

    /// <summary>Steps ahead, ascending; a step is one value of the series.</summary>
    public static ReadOnlySpan<int> Steps => [1, 3, 6, 12];
}

/// <summary>A range that should hold the outcome as often as its level says.</summary>
/// <param name="Low">Lower end, in the series' unit.</param>
/// <param name="High">Upper end, not below the lower one.</param>
public readonly record struct PredictionInterval(double Low, double High)
{
    /// <summary>Whether it holds a value, the ends included.</summary>
    public bool Holds(double value) => value >= Low && value <= High;
}

/// <summary>What is expected some steps ahead.</summary>
/// <param name="Steps">How far ahead.</param>
/// <param name="Point">The value with as much chance above as below it, in the series' unit.</param>
/// <param name="Half">Should hold the outcome in 50 of 100.</param>
/// <param name="Eighty">In 80 of 100; contains <paramref name="Half"/>.</param>
/// <param name="Ninety">In 90 of 100; contains <paramref name="Eighty"/>.</param>
/// <param name="Rise">Probability that the outcome is above the last value; NaN where none is estimated.</param>
public readonly record struct HorizonForecast(
    int Steps, double Point, PredictionInterval Half, PredictionInterval Eighty, PredictionInterval Ninety, double Rise);
