using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using SignalStream.Contracts;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Codec;

/// <summary>Events to protobuf and back.</summary>
public static class EventCodec
{
    /// <summary>The event as a protobuf <c>Event</c>.</summary>
    public static byte[] Encode(SignalEvent source) => ToMessage(source).ToByteArray();

    /// <summary>Reads a protobuf <c>Event</c>; false with the reason when it is none or breaks a rule.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignalEvent? decoded, [NotNullWhen(false)] out string? error)
    {
        decoded = null;
        try
        {
            decoded = FromMessage(V1.Event.Parser.ParseFrom(bytes));
            error = null;
            return true;
        }
        catch (InvalidProtocolBufferException exception)
        {
            error = $"{bytes.Length} bytes that are no Event: {exception.Message}";
        }
        catch (FormatException exception)
        {
            error = exception.Message;
        }

        return false;
    }

    private static V1.Event ToMessage(SignalEvent source)
    {
        var message = new V1.Event
        {
            Stream = source.Place.Stream.ToString(),
            Epoch = source.Place.Epoch,
            Index = source.Place.Index,
            TimeNs = source.Place.TimeNs,
            MadeBy = source.MadeBy,
        };
        switch (source)
        {
            case BeatEvent beat:
                message.Beat = Body(beat);
                break;
            case HeartRateEvent rate:
                message.HeartRate = Body(rate);
                break;
            case ForecastEvent forecast:
                message.Forecast = Body(forecast);
                break;
            case GapEvent gap:
                message.Gap = new V1.Gap { Missing = gap.Missing, Reason = gap.Reason };
                break;
            case AlertEvent alert:
                message.Alert = AlertCodec.Body(alert);
                break;
            case SignalQualityEvent quality:
                message.SignalQuality = HeartCodec.Body(quality);
                break;
            case HeartRateVariabilityEvent variability:
                message.HeartRateVariability = HeartCodec.Body(variability);
                break;
            case LatencyStatisticsEvent statistics:
                message.LatencyStatistics = LatencyCodec.Body(statistics);
                break;
            case AnomalyEvent anomaly:
                message.Anomaly = LatencyCodec.Body(anomaly);
                break;
            case TargetStateEvent target:
                message.TargetState = LatencyCodec.Body(target);
                break;
            case SkipEvent skip:
                message.Skip = new V1.Skip { Input = skip.Input, Reason = skip.Reason, Output = Subjects.Token(skip.Output) };
                break;
            case ProbeReadingEvent probe:
                message.ProbeReading = ReadingCodec.Body(probe.Reading);
                break;
            case PriceOutlookEvent outlook:
                message.PriceOutlook = MarketCodec.Body(outlook);
                break;
            case ModelRecordEvent record:
                message.ModelRecord = MarketCodec.Body(record);
                break;
            default:
                throw new ArgumentException($"No message for {source.GetType().Name}.", nameof(source));
        }

        return message;
    }

    private static V1.Beat Body(BeatEvent beat) => new()
    {
        RrMs = (float)beat.RrMs,
        AmplitudeMv = (float)beat.AmplitudeMv,
        QrsMs = (float)beat.QrsMs,
        Confidence = (float)beat.Confidence,
        Class = (V1.BeatClass)beat.BeatKind,
        Lead = (uint)beat.Lead,
        PoorSignal = beat.IsPoorSignal,
    };

    private static V1.HeartRate Body(HeartRateEvent rate) => new()
    {
        Bpm = (float)rate.Bpm,
        InstantaneousBpm = (float)rate.InstantaneousBpm,
        Intervals = (uint)rate.Intervals,
        Confidence = (float)rate.Confidence,
        Withheld = rate.Withheld ?? "",
    };

    private static V1.Forecast Body(ForecastEvent forecast) => new()
    {
        Target = forecast.Target,
        Unit = forecast.Unit,
        Steps = (uint)forecast.Steps,
        Point = (float)forecast.Point,
        Intervals =
        {
            forecast.Intervals.Select(i => new V1.Forecast.Types.Interval
            {
                Level = (float)i.Level,
                Low = (float)i.Low,
                High = (float)i.High,
            }),
        },
    };

    private static SignalEvent FromMessage(V1.Event message)
    {
        var place = new EventPlace(StreamId.Parse(message.Stream), message.Epoch, message.Index, message.TimeNs);
        return message.BodyCase switch
        {
            V1.Event.BodyOneofCase.Beat => Read(place, message.MadeBy, message.Beat),
            V1.Event.BodyOneofCase.HeartRate => Read(place, message.MadeBy, message.HeartRate),
            V1.Event.BodyOneofCase.Forecast => Read(place, message.MadeBy, message.Forecast),
            V1.Event.BodyOneofCase.Gap => new GapEvent(place, message.MadeBy, message.Gap.Missing, message.Gap.Reason),
            V1.Event.BodyOneofCase.Alert => AlertCodec.Read(place, message.MadeBy, message.Alert),
            V1.Event.BodyOneofCase.SignalQuality => HeartCodec.Read(place, message.MadeBy, message.SignalQuality),
            V1.Event.BodyOneofCase.HeartRateVariability => HeartCodec.Read(place, message.MadeBy, message.HeartRateVariability),
            V1.Event.BodyOneofCase.LatencyStatistics => LatencyCodec.Read(place, message.MadeBy, message.LatencyStatistics),
            V1.Event.BodyOneofCase.Anomaly => LatencyCodec.Read(place, message.MadeBy, message.Anomaly),
            V1.Event.BodyOneofCase.TargetState => LatencyCodec.Read(place, message.MadeBy, message.TargetState),
            V1.Event.BodyOneofCase.Skip => new SkipEvent(
                place, message.MadeBy, message.Skip.Input, message.Skip.Reason,
                Subjects.TryParseType(message.Skip.Output, out var type) ? type : SignalType.Finding),
            V1.Event.BodyOneofCase.ProbeReading => ReadingCodec.TryRead(message.ProbeReading, out var reading, out var broken)
                ? new ProbeReadingEvent(place, message.MadeBy, reading)
                : throw new FormatException(broken),
            V1.Event.BodyOneofCase.PriceOutlook => MarketCodec.Read(place, message.MadeBy, message.PriceOutlook),
            V1.Event.BodyOneofCase.ModelRecord => MarketCodec.Read(place, message.MadeBy, message.ModelRecord),
            _ => throw new FormatException($"An Event of {message.Stream} without a body that is known here."),
        };
    }

    private static BeatEvent Read(EventPlace place, string madeBy, V1.Beat beat) => new(
        place, madeBy, beat.RrMs, beat.AmplitudeMv, beat.QrsMs, beat.Confidence,
        Enum.IsDefined((BeatKind)beat.Class) ? (BeatKind)beat.Class : BeatKind.Unknown)
    {
        Lead = (int)beat.Lead,
        IsPoorSignal = beat.PoorSignal,
    };

    private static HeartRateEvent Read(EventPlace place, string madeBy, V1.HeartRate rate) => new(
        place, madeBy, rate.Bpm, rate.InstantaneousBpm, (int)rate.Intervals, rate.Confidence,
        rate.Withheld.Length > 0 ? rate.Withheld : null);

    private static ForecastEvent Read(EventPlace place, string madeBy, V1.Forecast forecast) => new(
        place, madeBy, forecast.Target, forecast.Unit, (int)forecast.Steps, forecast.Point,
        [.. forecast.Intervals.Select(i => new ForecastInterval(i.Level, i.Low, i.High))]);
}
