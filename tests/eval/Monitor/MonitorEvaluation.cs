using SignalStream.UnitTests.Signal;

namespace SignalStream.Eval.Monitor;

/// <summary>Measures what IEC 60601-2-27 asks of a heart rate meter, over every rate it is sampled at.</summary>
internal sealed class MonitorEvaluation(double[] ratesHz)
{
    /// <summary>Fewer than monitors have: what a wearable may send.</summary>
    private static readonly double[] LowRatesHz = [100, 128, 200];

    private const int Seconds = 60;

    private static readonly double[] PulsesMv = [2, -2, 5, -5, 20, -20, 100, -100, 700, -700];
    private static readonly double[] WidthsMs = [0.1, 0.2, 0.5, 1, 1.5, 2];
    private static readonly double[] FadesMs = [4, 20, 50, 100];
    private static readonly double[] Overshoots = [0.025, 0.05, 0.1, 0.25];

    public static int Run(string document)
    {
        var monitors = new MonitorEvaluation(MonitorFigures.RatesHz);
        Write(document, "monitor", [
            .. monitors.Rates(),
            .. monitors.Pulses("without overshoot", Plain().ToList()),
            .. monitors.Pulses("with an overshoot of 2 mV, fading in 4 to 100 ms", Fixed().ToList()),
            .. monitors.Pulses("with an overshoot of 2.5 to 25 % of the pulse, fading in 4 to 100 ms", Proportional().ToList()),
        ]);
        var low = new MonitorEvaluation(LowRatesHz);
        Write(document, "monitor at low rates", [.. low.Rates(), .. low.Pulses("without overshoot", Plain().ToList())]);
        return 0;
    }

    private static void Write(string document, string name, string[] rows)
    {
        rows = ["| figure | asked | measured | |", "|---|---|---|---|", .. rows];
        GeneratedTable.Write(document, name, rows);
        Console.WriteLine(string.Join('\n', rows) + "\n");
    }

    private IEnumerable<string> Rates() =>
    [
        .. Steady(),
        Step(120, 6.5),
        Step(40, 7.6),
        Rhythm("ventricular bigeminy", 80, MonitorRhythm.Bigeminy),
        Rhythm("slow alternating ventricular bigeminy", 60, MonitorRhythm.SlowBigeminy),
        Rhythm("rapid alternating ventricular bigeminy", 120, MonitorRhythm.RapidBigeminy),
        Rhythm("bidirectional systoles", 90, MonitorRhythm.BidirectionalSystoles),
        TallTWaves(),
    ];

    private IEnumerable<string> Steady()
    {
        var errors = MonitorFigures.Bpm.Select(bpm => (Bpm: bpm, Error: OverRates(hz => MonitorFigures.SteadyError(hz, bpm)))).ToList();
        var met = errors.TrueForAll(e => e.Error <= MonitorFigures.Allowed(e.Bpm));
        yield return Row("heart rate, 15 to 300/min", "± 1/min or 1 %", $"{errors.Max(e => e.Error):F2}/min at most, over {errors.Count} rates", met);
    }

    private string Step(double toBpm, double seconds)
    {
        var measured = OverRates(hz => MonitorFigures.StepSeconds(hz, 80, toBpm));
        return Row($"step from 80 to {toBpm}/min shown", $"{seconds:F1} s", $"{measured:F1} s", measured <= seconds);
    }

    private string Rhythm(string name, double bpm, Func<double, double, MonitorLead> make)
    {
        var error = OverRates(hz => MonitorFigures.RhythmError(make(hz, Seconds), bpm));
        return Row(name, $"{bpm} ± 1/min", $"off by {error:F2}/min", error <= 1);
    }

    private string TallTWaves()
    {
        var highest = Enumerable.Range(1, 20).Select(i => i * 0.1).TakeWhile(mv => OverRates(hz => MonitorFigures.TallTWaveError(hz, mv)) <= 1).LastOrDefault();
        return Row("T-waves rejected behind a QRS complex of 1 mV", "to 1.2 mV", highest > 1.95 ? "to 2.0 mV, the highest tried" : $"to {highest:F1} mV", highest > 1.15);
    }

    private static IEnumerable<Pulse> Plain() => from mv in PulsesMv from width in WidthsMs select new Pulse(mv, width);

    private static IEnumerable<Pulse> Fixed() =>
        from pulse in Plain() where Math.Abs(pulse.Mv) > 2 from fade in FadesMs select pulse with { OvershootMv = 2, FadeMs = fade };

    private static IEnumerable<Pulse> Proportional() =>
        from pulse in Plain() from share in Overshoots from fade in FadesMs select pulse with { OvershootMv = share * Math.Abs(pulse.Mv), FadeMs = fade };

    private IEnumerable<string> Pulses(string what, List<Pulse> pulses)
    {
        foreach (var (pacing, name) in new[] { (Pacing.Effective, "effective pacing"), (Pacing.Ineffective, "ineffective pacing"), (Pacing.Alone, "no heart") })
        {
            var rejected = pulses.AsParallel().Count(pulse => ratesHz.All(hz => MonitorFigures.PulseError(hz, pulse, pacing) <= (pacing == Pacing.Alone ? 0 : 1)));
            yield return Row(
                $"pacemaker pulses {what}, {name}", "0.1–2 ms, ± 2 to ± 700 mV", $"{rejected} of {pulses.Count} rejected", rejected == pulses.Count);
        }
    }

    private double OverRates(Func<double, double> measure) => ratesHz.Max(measure);

    private static string Row(string figure, string asked, string measured, bool met) =>
        $"| {figure} | {asked} | {measured} | {(met ? "met" : "**missed**")} |";
}
