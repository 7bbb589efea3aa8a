namespace SignalStream.UnitTests.Signal;

/// <summary>The figures that a monitor must reach, on the same leads that docs/ALGORITHMS.md is generated from.</summary>
public sealed class MonitorFiguresTests
{
    public static TheoryData<double, double> Pulses
    {
        get
        {
            var pulses = new TheoryData<double, double>();
            foreach (var mv in new double[] { 2, -5, 20, -100, 700 })
            {
                foreach (var widthMs in new double[] { 0.1, 0.5, 2 }) pulses.Add(mv, widthMs);
            }

            return pulses;
        }
    }

    [Theory]
    [InlineData(250)]
    [InlineData(360)]
    [InlineData(500)]
    [InlineData(1000)]
    public void Shown_SteadyRate_IsWithinOnePercent(double rateHz) =>
        Assert.All(MonitorFigures.Bpm, bpm => Assert.InRange(MonitorFigures.SteadyError(rateHz, bpm), 0, MonitorFigures.Allowed(bpm)));

    [Theory]
    [InlineData(120, 6.5)]
    [InlineData(40, 7.6)]
    public void Shown_StepFrom80_FollowsInTime(double toBpm, double seconds) =>
        Assert.All(MonitorFigures.RatesHz, rateHz => Assert.InRange(MonitorFigures.StepSeconds(rateHz, 80, toBpm), 1, seconds));

    [Fact]
    public void Shown_IrregularRhythms_IsTheirMean() => Assert.All(MonitorFigures.RatesHz, rateHz =>
    {
        Assert.InRange(MonitorFigures.RhythmError(MonitorRhythm.Bigeminy(rateHz, 60), 80), 0, 1);
        Assert.InRange(MonitorFigures.RhythmError(MonitorRhythm.SlowBigeminy(rateHz, 60), 60), 0, 1);
        Assert.InRange(MonitorFigures.RhythmError(MonitorRhythm.RapidBigeminy(rateHz, 60), 120), 0, 1);
        Assert.InRange(MonitorFigures.RhythmError(MonitorRhythm.BidirectionalSystoles(rateHz, 60), 90), 0, 1);
    });

    [Theory]
    [InlineData(0.4)]
    [InlineData(0.8)]
    [InlineData(1.0)]
    [InlineData(1.2)]
    public void Shown_TallTWaves_CountForNothing(double mv) =>
        Assert.All(MonitorFigures.RatesHz, rateHz => Assert.InRange(MonitorFigures.TallTWaveError(rateHz, mv), 0, 1));

    [Theory]
    [MemberData(nameof(Pulses))]
    public void Shown_PacemakerPulses_CountForNothing(double mv, double widthMs) => Assert.All(MonitorFigures.RatesHz, rateHz =>
    {
        var pulse = new Pulse(mv, widthMs);
        Assert.InRange(MonitorFigures.PulseError(rateHz, pulse, Pacing.Effective), 0, 1);
        Assert.InRange(MonitorFigures.PulseError(rateHz, pulse, Pacing.Ineffective), 0, 1);
        Assert.Equal(0, MonitorFigures.PulseError(rateHz, pulse, Pacing.Alone));
    });
}
