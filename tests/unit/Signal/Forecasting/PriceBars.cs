using SignalStream.Signal.Indicators;

namespace SignalStream.UnitTests.Signal.Forecasting;

/// <summary>Bars of a price that moves at random, with changing volatility.</summary>
internal static class PriceBars
{
    public static IEnumerable<PriceBar> Make(int seed, int count, double reversal = 0)
    {
        var random = new Random(seed);
        double price = 100, last = 0;
        for (var i = 0; i < count; i++)
        {
            var size = i / 300 % 2 == 0 ? 0.01 : 0.025;
            last = (size * Bell(random)) - (reversal * last);
            var open = price;
            price *= 1 + Math.Clamp(last, -0.3, 0.3);
            var high = Math.Max(open, price) * (1 + (0.5 * size * random.NextDouble()));
            var low = Math.Min(open, price) * (1 - (0.5 * size * random.NextDouble()));
            yield return new PriceBar(i * 86_400_000_000_000, open, high, low, price, 1000 * (1 + random.NextDouble()));
        }
    }

    private static double Bell(Random random)
    {
        var sum = -6.0;
        for (var i = 0; i < 12; i++)
            sum += random.NextDouble();
        return sum;
    }
}
