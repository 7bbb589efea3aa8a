using SignalStream.Terminal.Events;
using SignalStream.Terminal.Gateway;

namespace SignalStream.Terminal.Watching;

/// <summary>How urgent a card is, most urgent last.</summary>
internal enum Urgency
{
    Absent,
    Calm,
    Notable,
    Alarm,
}

/// <summary>What is known of a stream: the last event of each kind, and alerts that last.</summary>
internal sealed class Card(string stream)
{
    private readonly SortedDictionary<string, StreamEvent> _last = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, StreamEvent> _alerts = new(StringComparer.Ordinal);

    public string Stream { get; } = stream;

    public string Label { get; private set; } = "";

    public string Life { get; private set; } = "live";

    public bool IsSimulated { get; private set; }

    /// <summary>Events and samples so far.</summary>
    public long Count { get; private set; }

    /// <summary>Event time of the last, ms since the Unix epoch.</summary>
    public double? LastMs { get; private set; }

    public Urgency Urgency =>
        _alerts.Values.Any(a => a.Text("severity") is "high" or "medium") || Health == "down" ? Urgency.Alarm
        : _alerts.Count > 0 || Health == "degraded" ? Urgency.Notable
        : Life == "live" ? Urgency.Calm : Urgency.Absent;

    private string? Health => _last.GetValueOrDefault("targetState")?.Text("state");

    /// <summary>Alerts first, then one line for each kind of event.</summary>
    public IEnumerable<(string Kind, string Text)> Lines() =>
        _alerts.Values.Select(a => ("alert", EventText.Of(a)))
            .Concat(_last.Values.Select(e => (e.Kind, EventText.Of(e))));

    public void Apply(StreamKnown known) => (Label, Life, IsSimulated) = (known.Label, known.Life, known.IsSimulated);

    public void Apply(StreamEvent e)
    {
        Count++;
        LastMs = Math.Max(LastMs ?? e.TimeMs, e.TimeMs);
        if (e.Kind != "alert")
            Keep(e);
        else if (e.Text("state") == "cleared")
            _alerts.Remove(AlertKey(e));
        else if (e.Text("state") != "acknowledged" || _alerts.ContainsKey(AlertKey(e)))
            _alerts[AlertKey(e)] = e; // One that was acknowledged may be over by now.
    }

    /// <summary>Of forecasts several steps ahead the nearest one is shown.</summary>
    private void Keep(StreamEvent e)
    {
        var key = e.Kind == "forecast" ? $"forecast {e.Text("target")}" : e.Kind;
        var isFarther = e.Kind == "forecast" && _last.TryGetValue(key, out var known)
            && (known.Epoch, known.Index) == (e.Epoch, e.Index) && known.Number("steps") < e.Number("steps");
        if (!e.IsWave && !isFarther)
            _last[key] = e;
    }

    private static string AlertKey(StreamEvent e) => e.Text("fingerprint") ?? e.Text("name") ?? "";
}
