namespace SignalStream.Messaging;

/// <summary>How far a second of one lead can be trusted.</summary>
/// <param name="Index">0 (useless) to 1 (clean).</param>
/// <param name="IsLeadOff">Flat or saturated for seconds: nothing is known of the heart.</param>
/// <param name="IsFlat">It does not move.</param>
/// <param name="IsSaturated">It stays at its own limit.</param>
/// <param name="IsNoisy">What lies between the beats is too strong to tell them from it.</param>
public readonly record struct LeadQuality(double Index, bool IsLeadOff, bool IsFlat, bool IsSaturated, bool IsNoisy);

/// <summary>How far the last second of a heart's leads can be trusted; its place is the sample behind it.</summary>
/// <param name="Place">The sample behind the second.</param>
/// <param name="MadeBy">Judge and version.</param>
/// <param name="Index">0 (useless) to 1 (clean), of the best lead.</param>
/// <param name="Leads">In the order of the channels.</param>
public sealed record SignalQualityEvent(EventPlace Place, string MadeBy, double Index, IReadOnlyList<LeadQuality> Leads)
    : SignalEvent(Place, MadeBy)
{
    /// <inheritdoc/>
    public override string Kind => "signal_quality";

    /// <summary>Equal when the leads are, one by one.</summary>
    public bool Equals(SignalQualityEvent? other) =>
        other is not null && Place == other.Place && MadeBy == other.MadeBy && Index.Equals(other.Index) && Leads.SequenceEqual(other.Leads);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Place, MadeBy, Index, Leads.Count);
}

/// <summary>How much the RR interval varies, over at most the last five minutes.</summary>
/// <param name="Place">The sample at which it was judged.</param>
/// <param name="MadeBy">Algorithm and version.</param>
/// <param name="RmssdMs">Root mean square of the differences between successive NN intervals, ms.</param>
/// <param name="SdnnMs">Standard deviation of the NN intervals, ms.</param>
/// <param name="Pnn50Percent">Share of those differences above 50 ms, percent.</param>
/// <param name="NnCount">NN intervals that they rest on.</param>
/// <param name="SpanS">Time that was looked at, s.</param>
/// <param name="NnShare">0 to 1: share of that time that the NN intervals cover.</param>
public sealed record HeartRateVariabilityEvent(
    EventPlace Place, string MadeBy, double RmssdMs, double SdnnMs, double Pnn50Percent, int NnCount, double SpanS, double NnShare)
    : SignalEvent(Place, MadeBy)
{
    /// <inheritdoc/>
    public override string Kind => "heart_rate_variability";
}
