using SignalStream.Signal.Latency;

namespace SignalStream.UnitTests.Signal.Latency;

public sealed class QualityTests
{
    /// <summary>R is 93.72, 89.94, 52.13 and 66.23.</summary>
    [Theory]
    [InlineData(20, 0, 0, 4.419)]
    [InlineData(334.6, 0, 0, 4.338)]
    [InlineData(20, 0, 0.2, 2.687)]
    [InlineData(20, 0, 0.1, 3.416)]
    public void Mos_OfALine_IsTheFormulas(double roundTripMs, double jitterMs, double lost, double expected) =>
        Assert.Equal(expected, Quality.Mos(roundTripMs, jitterMs, lost), 0.001);

    [Fact]
    public void Mos_EverWorse_NeverRises()
    {
        var scores = Enumerable.Range(0, 400).Select(i => Quality.Mos(5 * i, i / 10.0, i / 800.0)).ToArray();
        Assert.All(scores, score => Assert.InRange(score, 1, 4.5));
        Assert.Equal(scores.OrderDescending(), scores);
    }

    [Theory]
    [InlineData(4.4, QualityClass.Great)]
    [InlineData(4.1, QualityClass.Good)]
    [InlineData(3.7, QualityClass.Fair)]
    [InlineData(3.2, QualityClass.Poor)]
    [InlineData(1.0, QualityClass.Bad)]
    public void Class_OfAScore_IsItsWord(double mos, QualityClass expected) => Assert.Equal(expected, Quality.Class(mos));
}
