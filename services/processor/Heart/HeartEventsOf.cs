using SignalStream.Messaging;
using SignalStream.Signal.Beats;

namespace SignalStream.Processor.Heart;

/// <summary>What the algorithms found, as events.</summary>
internal static class HeartEventsOf
{
    private const string BeatsBy = "beats/3";
    private const string RateBy = "heart-rate/1";
    private const string QualityBy = "signal-quality/1";
    private const string VariabilityBy = "hrv/1";

    public static BeatEvent Beat(in Beat beat, EventPlace place, bool isPoor) => new(
        place, BeatsBy, beat.RrMs, beat.AmplitudeMv, beat.QrsMs, beat.Confidence, KindOf(beat.Class))
    {
        Lead = beat.Lead,
        IsPoorSignal = isPoor,
    };

    public static HeartRateEvent Rate(in HeartRate rate, EventPlace place) => rate.AverageBpm is { } bpm
        ? new HeartRateEvent(place, RateBy, bpm, rate.InstantBpm ?? 0, rate.Intervals, rate.Confidence, null)
        : new HeartRateEvent(place, RateBy, 0, 0, rate.Intervals, rate.Confidence, rate.Status switch
        {
            HeartRateStatus.TooFewBeats => "too few beats yet",
            HeartRateStatus.Stale => "no beat for a while",
            HeartRateStatus.PoorSignal => "poor signal",
            _ => rate.Status.ToString(),
        });

    public static SignalQualityEvent Quality(ReadOnlySpan<LeadSecond> leads, double index, EventPlace place)
    {
        var qualities = new LeadQuality[leads.Length];
        for (var i = 0; i < leads.Length; i++)
        {
            var (second, isOff) = leads[i];
            qualities[i] = new LeadQuality(
                second.Index,
                isOff,
                second.Faults.HasFlag(QualityFaults.Flat),
                second.Faults.HasFlag(QualityFaults.Saturated),
                second.Faults.HasFlag(QualityFaults.Noisy));
        }

        return new SignalQualityEvent(place, QualityBy, index, qualities);
    }

    public static HeartRateVariabilityEvent Variability(in HrvFigures figures, EventPlace place) => new(
        place, VariabilityBy, figures.RmssdMs, figures.SdnnMs, figures.Pnn50Percent, figures.Intervals, figures.SpanMs / 1000, figures.NnShare);

    public static GapEvent Gap(EventPlace place, ulong missing) => new(place, BeatsBy, missing, "not in the log");

    private static BeatKind KindOf(BeatClass kind) => kind switch
    {
        BeatClass.Normal => BeatKind.Normal,
        BeatClass.VentricularLike => BeatKind.VentricularLike,
        BeatClass.Paused => BeatKind.Paused,
        _ => BeatKind.Unknown,
    };
}
