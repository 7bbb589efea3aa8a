using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using SignalStream.Contracts;

namespace SignalStream.Messaging;

/// <summary>What a subject carries: the second token of <c>signal.TYPE.P.KIND.ID</c>.</summary>
public enum SignalType
{
    /// <summary>Frames of samples.</summary>
    Wave,

    /// <summary>Protobuf readings: probes, media, prices.</summary>
    Reading,

    /// <summary>Events that a processor found.</summary>
    Finding,

    /// <summary>Events that the predictor expects.</summary>
    Forecast,

    /// <summary>Events that want somebody's attention.</summary>
    Alert,
}

/// <summary>Every subject there is. None is written anywhere else.</summary>
public static class Subjects
{
    /// <summary>All types, in the order of <see cref="SignalType"/>.</summary>
    public static IReadOnlyList<SignalType> Types { get; } = Enum.GetValues<SignalType>();

    /// <summary>The token of a type, as in <c>wave</c>.</summary>
    public static string Token(SignalType type) => type switch
    {
        SignalType.Wave => "wave",
        SignalType.Reading => "reading",
        SignalType.Finding => "finding",
        SignalType.Forecast => "forecast",
        SignalType.Alert => "alert",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "No such type."),
    };

    /// <summary>Reads the token of a type.</summary>
    public static bool TryParseType(string? token, out SignalType type)
    {
        foreach (var known in Types)
        {
            if (Token(known) == token)
            {
                type = known;
                return true;
            }
        }

        type = default;
        return false;
    }

    /// <summary>Subject of one stream: <c>signal.wave.17.ecg.bed-1</c>.</summary>
    public static string Of(SignalType type, StreamId stream) => string.Create(
        CultureInfo.InvariantCulture, $"signal.{Token(type)}.{Partition.Of(stream)}.{stream.Kind}.{stream.Id}");

    /// <summary>What a further writer says of a stream: <c>signal.alert.17.ecg.bed-1.rules</c>.</summary>
    /// <param name="type">Of the log.</param>
    /// <param name="stream">Whose.</param>
    /// <param name="lane">The writer's word; null for the first writer.</param>
    public static string InLane(SignalType type, StreamId stream, string? lane) => lane is null ? Of(type, stream) : $"{Of(type, stream)}.{lane}";

    /// <summary>All streams of a kind: <c>signal.wave.*.ecg.*</c>.</summary>
    public static string OfKind(SignalType type, string kind) => $"signal.{Token(type)}.*.{kind}.*";

    /// <summary>All of a type: <c>signal.wave.&gt;</c>.</summary>
    public static string All(SignalType type) => $"signal.{Token(type)}.>";

    /// <summary>What one writer says in one partition: <c>signal.finding.17.*.*</c>, or with its lane.</summary>
    public static string OfPartition(SignalType type, int partition, string? lane) => string.Create(
        CultureInfo.InvariantCulture, $"signal.{Token(type)}.{partition}.*.*{(lane is null ? "" : $".{lane}")}");

    /// <summary>All of a kind in one partition, of all writers: <c>signal.alert.17.ecg.&gt;</c>.</summary>
    public static string OfKindIn(SignalType type, StreamId stream) =>
        string.Create(CultureInfo.InvariantCulture, $"signal.{Token(type)}.{Partition.Of(stream)}.{stream.Kind}.>");

    /// <summary>Ticks, settings and skip records of a log: <c>signal.control.wave.&gt;</c>.</summary>
    public static string AllControl(SignalType type) => $"signal.control.{Token(type)}.>";

    /// <summary>Ticks and settings of one partition of a log: <c>signal.control.wave.17</c>.</summary>
    public static string Control(SignalType type, int partition) =>
        string.Create(CultureInfo.InvariantCulture, $"signal.control.{Token(type)}.{partition}");

    /// <summary>Skip records of one partition of a log, apart from the ticks so that they are found at once: <c>signal.control.wave.17.skip</c>.</summary>
    public static string Skips(SignalType type, int partition) => $"{Control(type, partition)}.skip";

    /// <summary>Reads the partition out of <c>signal.control.TYPE.P</c>, or the same with <c>.skip</c>.</summary>
    public static bool TryParseControl(string subject, SignalType type, out int partition)
    {
        partition = -1;
        return subject.Split('.') is ["signal", "control", var token, var number, ..] && token == Token(type)
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out partition) && partition < Messaging.Partition.Count;
    }

    /// <summary>Inputs that were refused, of one stream.</summary>
    public static string Rejected(StreamId stream) => string.Create(
        CultureInfo.InvariantCulture, $"signal.rejected.{Partition.Of(stream)}.{stream.Kind}.{stream.Id}");

    /// <summary>Inputs that were refused, all.</summary>
    public static string AllRejected => "signal.rejected.>";

    /// <summary>Where the replicas of a service announce themselves.</summary>
    public static string Cluster(string service) => $"cluster.{service}";

    /// <summary>Where those of all services do.</summary>
    public static string AllClusters => "cluster.*";

    /// <summary>Reads the stream out of <c>signal.TYPE.P.KIND.ID</c>, of an alert also with a further writer's lane.</summary>
    public static bool TryParseStream([NotNullWhen(true)] string? subject, out StreamId stream)
    {
        stream = default;
        var tokens = subject?.Split('.');
        if (tokens is not (["signal", _, _, _, _] or ["signal", "alert", _, _, _, _]))
            return false;
        var (kind, id) = (tokens[3], tokens[4]);
        if (!StreamId.IsToken(kind) || !StreamId.IsToken(id))
            return false;
        stream = new StreamId(kind, id);
        return true;
    }
}
