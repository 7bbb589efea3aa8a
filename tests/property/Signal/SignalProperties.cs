using FsCheck;
using FsCheck.Fluent;
using SignalStream.Signal.Beats;
using SignalStream.Signal.Forecasting;
using SignalStream.Signal.Synthesis;
using SignalStream.Signal.Timing;

namespace SignalStream.PropertyTests.Signal;

public sealed class SignalProperties
{
    private static readonly Arbitrary<EcgSettings> Settings = Arb.From(
        from rate in Gen.Elements(100.0, 128, 250, 333.3, 360, 500, 1000)
        from bpm in Gen.Choose(30, 240)
        from noise in Gen.Elements(0, 0.02, 0.3)
        from ectopics in Gen.Elements(0, 0, 8)
        from pauses in Gen.Elements(0, 0, 3)
        from seed in Gen.Choose(1, int.MaxValue)
        select new EcgSettings
        {
            RateHz = rate,
            HeartRateBpm = bpm,
            HeartRateSdBpm = bpm / 20.0,
            NoiseSdMv = noise,
            WanderMv = noise,
            HumMv = noise / 4,
            EctopicsPerMinute = ectopics,
            PausesPerMinute = pauses,
            Seed = (ulong)seed,
        });

    private static readonly Arbitrary<int[]> Cuts = Arb.From(Gen.NonEmptyListOf(Gen.Choose(0, 700)).Select(list => list.ToArray()));

    [Fact]
    public void Generator_CutAnywhere_MakesTheSameSamplesAndBeats() =>
        Prop.ForAll(Settings, Cuts, (settings, cuts) =>
        {
            var whole = Generate(settings, [6000]);
            var cut = Generate(settings, cuts);
            return whole.Lead.AsSpan().SequenceEqual(cut.Lead) && whole.Beats.SequenceEqual(cut.Beats);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Detector_CutAnywhere_FindsTheSameBeats() =>
        Prop.ForAll(Settings, Cuts, (settings, cuts) =>
        {
            var lead = Generate(settings, [6000]).Lead;
            return Detect(new BeatDetector(settings.RateHz), lead, [6000])
                .SequenceEqual(Detect(new BeatDetector(settings.RateHz), lead, cuts));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Detector_SavedAndRestoredAnywhere_FindsTheSameBeats() =>
        Prop.ForAll(Settings, Arb.From(Gen.Choose(0, 6000)), (settings, cut) =>
        {
            var lead = Generate(settings, [6000]).Lead;
            var (first, second) = (new BeatDetector(settings.RateHz), new BeatDetector(settings.RateHz));
            Detect(second, lead, [1234]);
            var found = Detect(first, lead.AsSpan(0, cut), [100]);
            Move(first, second);
            found.AddRange(Detect(second, lead.AsSpan(cut), [77]));
            return found.SequenceEqual(Detect(new BeatDetector(settings.RateHz), lead, [6000])) && SameState(first, second, lead.AsSpan(cut));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Detector_AnyFiniteInput_GivesOrderedBeatsOutsideTheRefractoryPeriod() =>
        Prop.ForAll(Wild, lead =>
        {
            var found = Detect(new BeatDetector(250), lead, [500]);
            return found.Zip(found.Skip(1)).All(pair => pair.Second.Sample - pair.First.Sample >= 50)
                && found.All(beat => beat.Sample >= 0 && beat.DecisionSample >= beat.Sample && beat.Confidence is >= 0 and <= 1
                    && float.IsFinite(beat.AmplitudeMv) && beat.QrsMs > 0 && beat.RrMs >= 0);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Quality_CutSavedAndRestoredAnywhere_JudgesTheSame() =>
        Prop.ForAll(Settings, Cuts, (settings, cuts) =>
        {
            var lead = Generate(settings, [6000]).Lead;
            var whole = new SignalQuality(settings.RateHz);
            var all = new QualitySecond[whole.MaxSeconds(lead.Length)];
            var expected = all.Take(whole.Process(lead, all)).ToList();
            var found = new List<QualitySecond>();
            var quality = new SignalQuality(settings.RateHz);
            foreach (var (start, length) in Blocks(lead.Length, cuts))
            {
                var next = new SignalQuality(settings.RateHz);
                Move(quality, next);
                quality = next;
                var seconds = new QualitySecond[quality.MaxSeconds(length)];
                found.AddRange(seconds.Take(quality.Process(lead.AsSpan(start, length), seconds)));
            }

            return found.SequenceEqual(expected) && found.All(second => second.Index is >= 0 and <= 1);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Detector_OffsetOfAFewMillivolts_ChangesNoBeat() =>
        Prop.ForAll(Settings, Arb.From(Gen.Choose(-20, 20)), (settings, offset) =>
        {
            // Whole steps of the detector's grid, so that rounding is the same with and without the offset.
            var lead = Generate(settings, [6000]).Lead.Select(mv => MathF.Round(mv * 4096) / 4096).ToArray();
            var moved = lead.Select(mv => mv + offset).ToArray();
            return Detect(new BeatDetector(settings.RateHz), lead, [6000]).Select(b => b.Sample)
                .SequenceEqual(Detect(new BeatDetector(settings.RateHz), moved, [6000]).Select(b => b.Sample));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void HeartRate_SavedAndRestoredAnywhere_AnswersAlike() =>
        Prop.ForAll(Intervals, Arb.From(Gen.Choose(0, 40)), (rr, cut) =>
        {
            var (first, second) = (new HeartRateEstimator(250), new HeartRateEstimator(250));
            var at = 0L;
            for (var i = 0; i < rr.Length; i++)
            {
                if (i == cut) Move(first, second);
                at += rr[i] / 4;
                var beat = new Beat(at, 0, 1, i == 0 ? 0 : rr[i], (rr[i] % 10) / 10f, 90, BeatClass.Normal, at);
                first.Process(beat);
                if (i >= cut) second.Process(beat);
            }

            return rr.Length <= cut || first.At(at + 100) == second.At(at + 100);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Variability_SavedAndRestoredAnywhere_IsTheSameToTheLastBit() =>
        Prop.ForAll(Intervals, Arb.From(Gen.Choose(0, 40)), (rr, cut) =>
        {
            var (first, second) = (new HeartRateVariability(250), new HeartRateVariability(250));
            var at = 0L;
            for (var i = 0; i < rr.Length; i++)
            {
                if (i == cut) Move(first, second);
                at += rr[i] / 4;
                var beat = new Beat(at, 0, 1, rr[i] % 11 == 0 ? 0 : rr[i], 0.5f + (rr[i] % 5 / 10f), 90, (BeatClass)(rr[i] % 13 == 0 ? 1 : 0), at);
                first.Process(beat);
                if (i >= cut) second.Process(beat);
            }

            return rr.Length <= cut || (first.Current == second.Current && Bytes(first).SequenceEqual(Bytes(second)));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void HeartRate_AnyRhythm_LiesBetweenItsExtremes() =>
        Prop.ForAll(Intervals, rr =>
        {
            var estimator = new HeartRateEstimator(250);
            foreach (var ms in rr) estimator.Process(new Beat(0, 0, 1, ms, 1, 90, BeatClass.Normal, 0));
            return estimator.At(0).AverageBpm is not { } bpm || (bpm >= 60_000f / rr.Max() - 0.01f && bpm <= (60_000f / rr.Min()) + 0.01f);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Forecaster_SavedAndRestoredAnywhere_ForecastsAlike() =>
        Prop.ForAll(Intervals, Arb.From(Gen.Choose(0, 40)), (rr, cut) =>
        {
            var (first, second) = (new RrForecaster(12), new RrForecaster(12));
            foreach (var ms in rr.Take(cut)) first.Process(ms);
            Move(first, second);
            foreach (var ms in rr.Skip(cut))
            {
                first.Process(ms);
                second.Process(ms);
            }

            return first.Forecast() == second.Forecast();
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Forecaster_AnyIntervals_NestsItsRangesAroundThePoint() =>
        Prop.ForAll(Intervals, rr =>
        {
            var forecaster = new RrForecaster(20);
            foreach (var ms in rr) forecaster.Process(ms);
            return forecaster.Forecast() is not { } f
                || (f.Ninety.Low <= f.Eighty.Low && f.Eighty.Low <= f.Half.Low && f.Half.Low <= f.PointMs
                    && f.PointMs <= f.Half.High && f.Half.High <= f.Eighty.High && f.Eighty.High <= f.Ninety.High);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Clock_AnyRateAndIndex_GoesThereAndBack() =>
        Prop.ForAll(Clocks, Arb.From(Index), (clock, index) =>
            clock.IndexAt(clock.TimeNs(index)) == index && clock.IndexAt(clock.TimeNs(index) - 1) == index - 1)
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Clock_AnyRateAndIndex_IsWithinANanosecondOfTheExactFraction() =>
        Prop.ForAll(Clocks, Arb.From(Index), (clock, index) =>
        {
            // index / rate in decimals is off by its own 28 digits only.
            var exact = (decimal)clock.StartNs + (index * 1_000_000_000m / (decimal)clock.RateHz);
            return exact - clock.TimeNs(index) is > -0.01m and < 1.01m;
        }).QuickCheckThrowOnFailure();

    private static Gen<long> Index =>
        from high in Gen.Choose(-100_000, 1_000_000)
        from low in Gen.Choose(0, 99_999)
        select (high * 100_000L) + low;

    private static Arbitrary<SampleClock> Clocks => Arb.From(
        from start in Gen.Choose(0, 2_000_000_000)
        from ns in Gen.Choose(0, 999_999_999)
        from rate in Gen.OneOf(Gen.Elements(100.0, 128.5, 250, 360, 333.25, 999.75, 48_000), Gen.Choose(100, 1000).Select(hz => (double)hz))
        select new SampleClock((start * 1_000_000_000L) + ns, rate));

    private static Arbitrary<int[]> Intervals => Arb.From(Gen.ListOf(Gen.Choose(200, 4000)).Select(list => list.ToArray()));

    /// <summary>Steps, spikes and stretches of every finite size.</summary>
    private static Arbitrary<float[]> Wild => Arb.From(
        from runs in Gen.NonEmptyListOf(
            from level in Gen.OneOf(
                Gen.Elements(0, float.MaxValue, -float.MaxValue, float.Epsilon, 1e10f, -1e-10f),
                Gen.Choose(-100_000, 100_000).Select(x => x / 1000f))
            from length in Gen.Choose(1, 200)
            from wiggle in Gen.Elements(0f, 0.1f, 10f)
            select Enumerable.Range(0, length).Select(i => level + (i % 7 * wiggle)))
        select runs.SelectMany(run => run).Where(float.IsFinite).ToArray());

    private static (float[] Lead, List<SyntheticBeat> Beats) Generate(EcgSettings settings, int[] cuts)
    {
        var generator = new EcgGenerator(settings);
        var (lead, beats) = (new float[6000], new List<SyntheticBeat>());
        foreach (var (start, length) in Blocks(lead.Length, cuts))
        {
            var found = new SyntheticBeat[generator.MaxBeats(length)];
            beats.AddRange(found.Take(generator.Process(lead.AsSpan(start, length), found)));
        }

        return (lead, beats);
    }

    private static List<Beat> Detect(BeatDetector detector, ReadOnlySpan<float> lead, int[] cuts)
    {
        var all = new List<Beat>();
        foreach (var (start, length) in Blocks(lead.Length, cuts))
        {
            var found = new Beat[detector.MaxBeats(length)];
            all.AddRange(found.Take(detector.Process(lead.Slice(start, length), found)));
        }

        return all;
    }

    /// <summary>Blocks of the given lengths, again and again, until the signal ends; one at least is not empty.</summary>
    private static IEnumerable<(int Start, int Length)> Blocks(int total, int[] cuts)
    {
        for (var (start, i) = (0, 0); start < total; i++)
        {
            var wanted = i % (cuts.Length + 1) == cuts.Length ? 13 : cuts[i % (cuts.Length + 1)];
            var length = Math.Min(wanted, total - start);
            yield return (start, length);
            start += length;
        }
    }

    private static void Move(SignalStream.Signal.State.IStateful from, SignalStream.Signal.State.IStateful to) =>
        to.RestoreState(Bytes(from));

    /// <summary>Both, after the same further samples, are the same to the last bit.</summary>
    private static bool SameState(BeatDetector first, BeatDetector second, ReadOnlySpan<float> rest)
    {
        Detect(first, rest, [100]);
        return Bytes(first).SequenceEqual(Bytes(second));
    }

    private static byte[] Bytes(SignalStream.Signal.State.IStateful algorithm)
    {
        var state = new byte[algorithm.StateSize];
        algorithm.SaveState(state);
        return state;
    }
}
