using SignalStream.Contracts;

namespace SignalStream.Messaging.Settings;

/// <summary>Streams that somebody means: <c>ecg.bed-1</c>, <c>net.*</c> or <c>*</c>.</summary>
public static class StreamPattern
{
    /// <summary>All streams.</summary>
    public const string All = "*";

    /// <summary>What a pattern is, for messages to people.</summary>
    public const string Rule = "<kind>.<id>, <kind>.* or *";

    private const string AnyId = ".*";

    /// <summary>Whether it is one.</summary>
    public static bool IsPattern(string text) =>
        text == All || StreamId.TryParse(text.EndsWith(AnyId, StringComparison.Ordinal) ? text[..^1] + "x" : text, out _);

    /// <summary>Whether it means a stream.</summary>
    public static bool Matches(string pattern, StreamId stream) =>
        pattern == All || pattern == stream.ToString()
        || (pattern.EndsWith(AnyId, StringComparison.Ordinal) && pattern.AsSpan()[..^AnyId.Length].SequenceEqual(stream.Kind));
}
