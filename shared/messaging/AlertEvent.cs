using System.Globalization;
using System.Text;
using SignalStream.Contracts;

namespace SignalStream.Messaging;

/// <summary>What has become of an alert. The numbers are the wire's.</summary>
public enum AlertState
{
    /// <summary>Not said.</summary>
    Unknown = 0,

    /// <summary>It stands; told again when its severity rises.</summary>
    Raised = 1,

    /// <summary>It is over.</summary>
    Cleared = 2,

    /// <summary>It stands, and somebody has seen it.</summary>
    Acknowledged = 3,
}

/// <summary>How soon somebody must look, as the priorities of IEC 60601-1-8. The numbers are the wire's.</summary>
public enum AlertSeverity
{
    /// <summary>Not said.</summary>
    Unknown = 0,

    /// <summary>Be aware.</summary>
    Low = 1,

    /// <summary>Look soon.</summary>
    Medium = 2,

    /// <summary>Look now.</summary>
    High = 3,
}

/// <summary>Something that wants somebody's attention.</summary>
/// <remarks>
/// Its place is where it was judged, and the places of one name only rise: an alert's states are told one after the other. That it was
/// acknowledged is told beside them, by whoever was asked to, at the place of the state that was seen.
/// </remarks>
/// <param name="Place">Where it was judged.</param>
/// <param name="MadeBy">Rule and version.</param>
/// <param name="Name">What is wrong, one word of a-z, 0-9 and _, such as <c>asystole</c>.</param>
/// <param name="State">What has become of it.</param>
/// <param name="Severity">The highest it has had.</param>
/// <param name="StartNs">When what it tells began, ns since the Unix epoch.</param>
/// <param name="EndNs">When it was over; null while it lasts.</param>
/// <param name="Evidence">For people: the value and what it was held against.</param>
public sealed record AlertEvent(
    EventPlace Place,
    string MadeBy,
    string Name,
    AlertState State,
    AlertSeverity Severity,
    long StartNs,
    long? EndNs,
    string Evidence) : SignalEvent(Place, MadeBy)
{
    /// <inheritdoc/>
    public override string Kind => State == AlertState.Acknowledged ? $"acknowledged_{Name}" : $"alert_{Name}";

    /// <inheritdoc/>
    public override SignalType Type => SignalType.Alert;

    /// <summary>The evidence as a number; once cleared, the worst of the alert's time.</summary>
    public double Value { get; init; }

    /// <summary>What <see cref="Value"/> was held against.</summary>
    public double Limit { get; init; }

    /// <summary>Unit of <see cref="Value"/> and <see cref="Limit"/>.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Who has seen it; null while nobody has.</summary>
    public string? AcknowledgedBy { get; init; }

    /// <summary>The user's rule that it comes from; null for those that are built in.</summary>
    public string? Rule { get; init; }

    /// <summary>The rule's name, for people; null for those that are built in.</summary>
    public string? Title { get; init; }

    /// <summary>The same for all states of one alert: 16 hexadecimal digits of stream, name and start.</summary>
    public string Fingerprint => FingerprintOf(Place.Stream, Name, StartNs);

    /// <summary>FNV-1a, 64 bits, over the bytes of <c>STREAM/NAME/START</c>.</summary>
    public static string FingerprintOf(StreamId stream, string name, long startNs)
    {
        var hash = 14695981039346656037UL;
        foreach (var value in Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{stream}/{name}/{startNs}")))
            hash = unchecked((hash ^ value) * 1099511628211UL);
        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }
}
