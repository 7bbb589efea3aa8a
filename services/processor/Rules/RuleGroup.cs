using SignalStream.Contracts;
using SignalStream.Messaging.Partitions;
using SignalStream.Messaging.Settings;
using SignalStream.Processor.States;

namespace SignalStream.Processor.Rules;

/// <summary>Whether an alert may be told.</summary>
internal enum Leave
{
    /// <summary>It may.</summary>
    Granted,

    /// <summary>It may not, and it is the first one: that is told.</summary>
    FirstRefused,

    /// <summary>It may not.</summary>
    Refused,
}

/// <summary>What the rules of some of a partition's streams share: a bound on their alerts, and the rules as they were read.</summary>
internal sealed class RuleGroup(RuleOptions options, RuleMetrics metrics) : IWorkerGroup
{
    private const int StateVersion = 1;
    private const int MostRulesKept = 2000;
    private const long HourNs = 3600L * 1_000_000_000;

    private readonly SortedDictionary<string, Count> _raised = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (byte[] Json, RuleDefinition? Rule)> _read = [];
    private long _hour;
    private int _all;

    private readonly record struct Count(int Told, bool IsRefusing);

    /// <summary>Which hour of the log's time it is.</summary>
    public static long HourOf(long logNs) => logNs / HourNs;

    public IStreamWorker NewWorker(StreamId stream) => new RuleStream(stream, this, metrics);

    /// <summary>Asks for one more alert of a rule.</summary>
    public Leave Ask(string rule, long logNs)
    {
        if (HourOf(logNs) != _hour)
        {
            (_hour, _all) = (HourOf(logNs), 0);
            _raised.Clear();
        }

        var count = _raised.GetValueOrDefault(rule);
        if (count.Told < options.AlertsPerHour && _all < options.AllAlertsPerHour)
        {
            _raised[rule] = count with { Told = count.Told + 1 };
            _all++;
            return Leave.Granted;
        }

        _raised[rule] = count with { IsRefusing = true };
        return count.IsRefusing ? Leave.Refused : Leave.FirstRefused;
    }

    /// <summary>A rule as it stands in a setting; null when it breaks a rule. Read once for all streams.</summary>
    public RuleDefinition? Read(string id, ReadOnlyMemory<byte> json)
    {
        if (_read.TryGetValue(id, out var known) && json.Span.SequenceEqual(known.Json))
            return known.Rule;
        if (_read.Count >= MostRulesKept)
            _read.Clear();
        var rule = RuleDefinition.IsId(id) && RuleDefinition.TryParse(json.Span, out var read, out _) ? read : null;
        _read[id] = (json.ToArray(), rule);
        return rule;
    }

    public byte[] Save()
    {
        var writer = StateBytes.Begin();
        writer.Write(StateVersion);
        writer.Write(_hour);
        writer.Write(_all);
        writer.Write(_raised.Count);
        foreach (var (rule, count) in _raised)
        {
            writer.Write(rule);
            writer.Write(count.Told);
            writer.Write(count.IsRefusing);
        }

        return writer.Written().ToArray();
    }

    public void Restore(ReadOnlySpan<byte> state)
    {
        using var reader = new BinaryReader(new MemoryStream(state.ToArray()));
        if (reader.ReadInt32() is var version && version != StateVersion)
            throw new ArgumentException($"The state has version {version}, this group {StateVersion}.", nameof(state));
        (_hour, _all) = (reader.ReadInt64(), reader.ReadInt32());
        _raised.Clear();
        for (var left = reader.ReadInt32(); left > 0; left--)
            _raised[reader.ReadString()] = new Count(reader.ReadInt32(), reader.ReadBoolean());
    }
}
