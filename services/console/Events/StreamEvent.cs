using System.Globalization;

namespace SignalStream.Terminal.Events;

/// <param name="Name">Its path in the event, as <c>horizons.0.point</c>.</param>
/// <param name="Value">As JSON writes it; empty for null.</param>
internal readonly record struct Field(string Name, string Value);

/// <summary>Anything that came for a stream, live or out of a recording: an event, a sample, a column of an envelope, a gap.</summary>
/// <param name="TimeMs">Event time, ms since the Unix epoch.</param>
/// <param name="Stream">Its name.</param>
/// <param name="Kind">The body's name, <c>samples</c>, <c>envelope</c> or <c>missing</c>.</param>
/// <param name="Epoch">Of the source.</param>
/// <param name="Index">In the epoch.</param>
/// <param name="Fields">No name twice.</param>
internal sealed record StreamEvent(double TimeMs, string Stream, string Kind, long Epoch, long Index, IReadOnlyList<Field> Fields)
{
    /// <summary>Which log it comes from: <c>reading</c>, <c>finding</c>, <c>forecast</c> or <c>alert</c>; null for waves, and in a recording.</summary>
    public string? Log { get; init; }

    /// <summary>Its place there.</summary>
    public ulong Sequence { get; init; }

    public bool IsWave => Kind is "samples" or "envelope";

    /// <summary>Null when it is not there or empty.</summary>
    public string? Text(string name)
    {
        foreach (var field in Fields)
        {
            if (field.Name == name)
                return field.Value.Length == 0 ? null : field.Value;
        }

        return null;
    }

    /// <summary>Null when it is not there or no number.</summary>
    public double? Number(string name) =>
        double.TryParse(Text(name), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    public bool Is(string name) => Text(name) == "true";
}
