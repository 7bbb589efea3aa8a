using System.Globalization;
using SignalStream.Contracts;

namespace SignalStream.Messaging;

/// <summary>Where in a stream an event belongs.</summary>
/// <param name="Stream">The stream it speaks of.</param>
/// <param name="Epoch">Epoch of that stream's frames.</param>
/// <param name="Index">Sample (for a reading: its number) in the epoch.</param>
/// <param name="TimeNs">Event time of that sample, ns since the Unix epoch.</param>
public readonly record struct EventPlace(StreamId Stream, uint Epoch, ulong Index, long TimeNs)
{
    /// <summary>Whether it comes after another place of the same stream.</summary>
    public bool IsAbove(EventPlace other) => Epoch > other.Epoch || (Epoch == other.Epoch && Index > other.Index);
}

/// <summary>A finding, forecast or alert.</summary>
/// <param name="Place">Where in its stream it belongs.</param>
/// <param name="MadeBy">Algorithm and version, such as <c>beats/1</c>.</param>
public abstract record SignalEvent(EventPlace Place, string MadeBy)
{
    /// <summary>One word for the kind of event; with the place it names the event once and for all.</summary>
    public abstract string Kind { get; }

    /// <summary>Which log it belongs in: finding, forecast or alert.</summary>
    public virtual SignalType Type => SignalType.Finding;

    /// <summary>Message id for the log: the same event published twice is stored once.</summary>
    public string MessageId => $"{Place.Stream}/{Place.Epoch}/{Place.Index}/{Kind}";

    /// <summary>Reads the place and the kind out of a message id.</summary>
    public static bool TryParseMessageId(string id, out uint epoch, out ulong index, out string kind)
    {
        (epoch, index, kind) = (0, 0, "");
        if (id.Split('/') is not [_, var epochText, var indexText, var kindText]
            || !uint.TryParse(epochText, NumberStyles.None, CultureInfo.InvariantCulture, out epoch)
            || !ulong.TryParse(indexText, NumberStyles.None, CultureInfo.InvariantCulture, out index))
        {
            return false;
        }

        kind = kindText;
        return true;
    }
}

/// <summary>How a beat looks.</summary>
public enum BeatKind
{
    /// <summary>Not judged.</summary>
    Unknown,

    /// <summary>As its neighbours.</summary>
    Normal,

    /// <summary>Wide and early.</summary>
    VentricularLike,

    /// <summary>Follows a pause.</summary>
    Paused,
}

/// <summary>One heart beat; its place is the R-peak.</summary>
/// <param name="Place">The R-peak.</param>
/// <param name="MadeBy">Detector and version.</param>
/// <param name="RrMs">From the R-peak before, ms; 0 for the first beat.</param>
/// <param name="AmplitudeMv">Of the R-peak, mV.</param>
/// <param name="QrsMs">Width of the QRS complex, ms; 0 when not measured.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="BeatKind">How it looks.</param>
public sealed record BeatEvent(
    EventPlace Place, string MadeBy, double RrMs, double AmplitudeMv, double QrsMs, double Confidence, BeatKind BeatKind)
    : SignalEvent(Place, MadeBy)
{
    /// <summary>Channel, from 0, that gave the R-peak its place.</summary>
    public int Lead { get; init; }

    /// <summary>Whether it lies in a stretch where beats can hardly be told from noise.</summary>
    public bool IsPoorSignal { get; init; }

    /// <inheritdoc/>
    public override string Kind => "beat";
}

/// <summary>The heart rate as a monitor shows it.</summary>
/// <param name="Place">The sample at which it was judged.</param>
/// <param name="MadeBy">Estimator and version.</param>
/// <param name="Bpm">Averaged, beats a minute; 0 when withheld.</param>
/// <param name="InstantaneousBpm">From the last RR interval; 0 when withheld.</param>
/// <param name="Intervals">RR intervals that the average rests on.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Withheld">Why there is no rate; null when there is one.</param>
public sealed record HeartRateEvent(
    EventPlace Place, string MadeBy, double Bpm, double InstantaneousBpm, int Intervals, double Confidence, string? Withheld)
    : SignalEvent(Place, MadeBy)
{
    /// <inheritdoc/>
    public override string Kind => "heart_rate";
}

/// <summary>Samples that never came; its place is the first of them.</summary>
/// <param name="Place">The first sample that is missing.</param>
/// <param name="MadeBy">Who missed them.</param>
/// <param name="Missing">How many.</param>
/// <param name="Reason">Why, as far as it is known.</param>
public sealed record GapEvent(EventPlace Place, string MadeBy, ulong Missing, string Reason) : SignalEvent(Place, MadeBy)
{
    /// <inheritdoc/>
    public override string Kind => "gap";
}

/// <summary>An input at which the worker failed time and again, and that it passed over.</summary>
/// <param name="Place">Epoch: the Unix second in which the input was stored; index: its sequence in its log.</param>
/// <param name="MadeBy">The capability.</param>
/// <param name="Input">The log that was read.</param>
/// <param name="Reason">What the worker said.</param>
/// <param name="Output">Which log this stands in.</param>
public sealed record SkipEvent(EventPlace Place, string MadeBy, string Input, string Reason, SignalType Output) : SignalEvent(Place, MadeBy)
{
    /// <inheritdoc/>
    public override string Kind => "skip";

    /// <inheritdoc/>
    public override SignalType Type => Output;
}

/// <summary>A range that should hold the outcome as often as it says.</summary>
/// <param name="Level">0.8: in 80 of 100.</param>
/// <param name="Low">Lower end, in the target's unit.</param>
/// <param name="High">Upper end.</param>
public readonly record struct ForecastInterval(double Level, double Low, double High);

/// <summary>What is expected of a quantity some steps ahead.</summary>
/// <param name="Place">The last thing that was known when it was made.</param>
/// <param name="MadeBy">Model and version.</param>
/// <param name="Target">What is forecast, such as <c>rr_ms</c>.</param>
/// <param name="Unit">Of the target.</param>
/// <param name="Steps">How far ahead.</param>
/// <param name="Point">The expected value.</param>
/// <param name="Intervals">Narrow to wide.</param>
public sealed record ForecastEvent(
    EventPlace Place, string MadeBy, string Target, string Unit, int Steps, double Point, IReadOnlyList<ForecastInterval> Intervals)
    : SignalEvent(Place, MadeBy)
{
    /// <inheritdoc/>
    public override string Kind => Steps == 1 ? $"forecast_{Target}" : $"forecast_{Target}_{Steps}";

    /// <inheritdoc/>
    public override SignalType Type => SignalType.Forecast;
}
