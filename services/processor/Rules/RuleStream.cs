using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Partitions;
using SignalStream.Messaging.Settings;
using SignalStream.Processor.States;

namespace SignalStream.Processor.Rules;

/// <summary>Users' rules over one stream's findings or forecasts: events, ticks and rules in, alerts out. Knows no clock and no bus.</summary>
/// <remarks>
/// A value counts until the next one of its field, or until nothing was heard for the rule's <c>noDataS</c>: of the field, and for
/// what is told on change only, of the stream. A rule that changes ends its alert, and is judged anew.
/// </remarks>
internal sealed class RuleStream : IStreamWorker
{
    private const int StateVersion = 1;
    private const string MadeBy = "rules/1";
    private const double NsPerSecond = 1e9;

    private readonly StreamId _stream;
    private readonly RuleGroup _group;
    private readonly RuleMetrics _metrics;
    private readonly RuleClock _clock = new();
    private readonly SortedDictionary<string, RuleDefinition> _rules = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Standing> _standing = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _suppressing = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, byte[]> _lastChanges = new(StringComparer.Ordinal);
    private Dictionary<string, KeyValuePair<string, RuleDefinition>[]>? _byBody;
    private long _heardNs;

    public RuleStream(StreamId stream, RuleGroup group, RuleMetrics metrics)
    {
        (_stream, _group, _metrics) = (stream, group, metrics);
        foreach (var (id, rule) in RuleDefinition.BuiltIn.Where(r => r.Value.Matches(stream)))
            _rules[id] = rule;
    }

    public string Version => "rules/1";

    public Rejection? Process(in LogMessage message, ICollection<SignalEvent> outputs)
    {
        _clock.AdvanceTo(message.StoredNs);
        _heardNs = _clock.SeenNs;
        if (EventBody.NameOf(message.Data.Span) is not { } name || !(RulesOf(name).Length > 0 || FieldPath.IsBodyToldOnChange(name)))
            return null;
        if (!EventBody.TryDecode(message.Data.Span, out var body, out var error))
            return new Rejection("NotAnEvent", error);
        if (FieldPath.IsBodyToldOnChange(name))
            _lastChanges[name] = message.Data.ToArray();
        foreach (var (id, rule) in RulesOf(name))
            Judge(id, rule, rule.Path.Read(body), body.TimeNs, outputs);
        return null;
    }

    public void Tick(long logNs, ICollection<SignalEvent> outputs)
    {
        _clock.AdvanceTo(logNs);
        foreach (var id in _standing.Keys.ToArray())
            Tick(id, _rules[id], _standing[id], outputs);
        foreach (var (id, startNs) in _suppressing.ToArray())
        {
            if (RuleGroup.HourOf(logNs) != RuleGroup.HourOf(startNs))
                EndSuppressing(id, "the hour is over", outputs);
        }
    }

    public void Set(string name, ReadOnlyMemory<byte> value, ICollection<SignalEvent> outputs)
    {
        var id = name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];
        var rule = value.IsEmpty ? RuleDefinition.BuiltIn.GetValueOrDefault(id) : _group.Read(id, value);
        _byBody = null;
        if (rule is null && !value.IsEmpty)
            _metrics.Refused();
        if (_rules.TryGetValue(id, out var before))
        {
            End(id, before, null, _clock.LogNs, rule is null ? "the rule was removed" : rule.Enabled ? "the rule was changed" : "the rule was turned off", outputs);
            EndSuppressing(id, "the rule was changed", outputs);
            _rules.Remove(id);
        }

        if (rule is not { Enabled: true } || !rule.Matches(_stream))
            return;
        _rules[id] = rule;
        if (_lastChanges.TryGetValue(rule.Path.Body, out var last) && EventBody.TryDecode(last, out var body, out _))
            Judge(id, rule, rule.Path.Read(body), _clock.NextNs, outputs);
    }

    public byte[] Save()
    {
        var writer = StateBytes.Begin();
        writer.Write(StateVersion);
        _clock.Save(writer);
        writer.Write(_heardNs);
        Write(writer, _standing, standing => standing.Save(writer));
        Write(writer, _suppressing, writer.Write);
        Write(writer, _lastChanges, last =>
        {
            writer.Write(last.Length);
            writer.Write(last);
        });
        return writer.Written().ToArray();
    }

    public void Restore(ReadOnlySpan<byte> state)
    {
        using var reader = new BinaryReader(new MemoryStream(state.ToArray()));
        if (reader.ReadInt32() is var version && version != StateVersion)
            throw new ArgumentException($"The state has version {version}, this worker {StateVersion}.", nameof(state));
        _clock.Restore(reader);
        _heardNs = reader.ReadInt64();
        Read(reader, _standing, () => Standing.Restore(reader));
        Read(reader, _suppressing, reader.ReadInt64);
        Read(reader, _lastChanges, () => reader.ReadBytes(reader.ReadInt32()));

        // The rules stand in the settings; what is held against one that is not there any more is nobody's.
        foreach (var id in _standing.Keys.Where(id => !_rules.ContainsKey(id)).ToArray())
            _standing.Remove(id);
    }

    private KeyValuePair<string, RuleDefinition>[] RulesOf(string body)
    {
        _byBody ??= _rules.GroupBy(r => r.Value.Path.Body).ToDictionary(g => g.Key, g => g.ToArray());
        return _byBody.TryGetValue(body, out var rules) ? rules : [];
    }

    private void Judge(string id, RuleDefinition rule, in FieldValue value, long timeNs, ICollection<SignalEvent> outputs)
    {
        if (value.State == FieldState.Absent)
            return;
        _metrics.Judged();
        var stands = _standing.TryGetValue(id, out var standing);
        if (value.State == FieldState.Unknown)
            return;
        if (stands && (value.State == FieldState.Over || (standing.Stage == Stage.Pending ? !rule.Holds(value) : rule.IsOver(value))))
            End(id, rule, value, timeNs, null, outputs);
        else if (stands)
            Advance(id, rule, standing with { HeardNs = _clock.SeenNs, Worst = Worse(rule, standing.Worst, value.Number), Text = value.Text }, timeNs, outputs);
        else if (value.State == FieldState.Known && rule.Holds(value))
            Advance(id, rule, new Standing(timeNs, _clock.SeenNs, _clock.SeenNs, value.Number, value.Text, Stage.Pending, 0), timeNs, outputs);
    }

    /// <summary>Raises the alert when it is time; one that was refused asks again in the next hour.</summary>
    private void Advance(string id, RuleDefinition rule, Standing standing, long timeNs, ICollection<SignalEvent> outputs)
    {
        var isDue = standing.Stage == Stage.Pending
            ? _clock.SeenNs - standing.SinceNs >= rule.ForS * NsPerSecond
            : standing.Stage == Stage.Suppressed && RuleGroup.HourOf(_clock.LogNs) != standing.Hour;
        if (isDue)
        {
            var leave = _group.Ask(id, _clock.LogNs);
            standing = leave == Leave.Granted
                ? standing with { Stage = Stage.Firing }
                : standing with { Stage = Stage.Suppressed, Hour = RuleGroup.HourOf(_clock.LogNs) };
            Tell(leave, id, rule, standing, timeNs, outputs);
        }

        _standing[id] = standing;
    }

    private void Tell(Leave leave, string id, RuleDefinition rule, in Standing standing, long timeNs, ICollection<SignalEvent> outputs)
    {
        if (leave == Leave.Granted)
        {
            _metrics.Raised(rule.Severity);
            outputs.Add(Alert(id, rule, AlertState.Raised, standing, timeNs, RuleTexts.Raised(rule, standing)));
            return;
        }

        _metrics.Suppressed();
        if (leave == Leave.Refused)
            return;
        _suppressing[id] = _clock.LogNs;
        outputs.Add(Suppression(id, rule, AlertState.Raised, RuleTexts.Suppressed(rule, id)));
    }

    private void Tick(string id, RuleDefinition rule, in Standing standing, ICollection<SignalEvent> outputs)
    {
        var heardNs = rule.Path.IsToldOnChange ? _heardNs : standing.HeardNs;
        if (_clock.SeenNs - heardNs >= rule.NoDataS * NsPerSecond)
            End(id, rule, null, _clock.LogNs, RuleTexts.NoData(rule), outputs);
        else if (rule.Path.IsToldOnChange || standing.Stage == Stage.Suppressed)
            Advance(id, rule, standing, _clock.LogNs, outputs);
    }

    private void End(string id, RuleDefinition rule, FieldValue? value, long timeNs, string? why, ICollection<SignalEvent> outputs)
    {
        if (!_standing.Remove(id, out var standing) || standing.Stage != Stage.Firing)
            return;
        outputs.Add(Alert(id, rule, AlertState.Cleared, standing, Math.Max(timeNs, standing.StartNs), why ?? RuleTexts.Over(rule, value!.Value, standing)));
    }

    private void EndSuppressing(string id, string why, ICollection<SignalEvent> outputs)
    {
        if (!_suppressing.ContainsKey(id))
            return;
        outputs.Add(Suppression(id, _rules[id], AlertState.Cleared, why));
        _suppressing.Remove(id);
    }

    private AlertEvent Alert(string id, RuleDefinition rule, AlertState state, in Standing standing, long timeNs, string evidence) =>
        new(PlaceAt(timeNs), MadeBy, $"rule_{id}", state, rule.AlertSeverity, standing.StartNs, state == AlertState.Cleared ? timeNs : null, evidence)
        {
            Value = standing.Worst,
            Limit = rule.Limit,
            Unit = rule.Path.Unit,
            Rule = id,
            Title = rule.Name ?? id,
        };

    private AlertEvent Suppression(string id, RuleDefinition rule, AlertState state, string evidence) =>
        new(PlaceAt(_clock.LogNs), MadeBy, $"suppressed_{id}", state, AlertSeverity.Low, _suppressing[id], state == AlertState.Cleared ? _clock.LogNs : null, evidence)
        {
            Rule = id,
            Title = $"{rule.Name ?? id}: too many alerts",
        };

    private EventPlace PlaceAt(long timeNs)
    {
        var (epoch, index) = _clock.NextPlace();
        return new EventPlace(_stream, epoch, index, timeNs);
    }

    private static double Worse(RuleDefinition rule, double worst, double value) => rule.Compare switch
    {
        ">" or ">=" => Math.Max(worst, value),
        "<" or "<=" => Math.Min(worst, value),
        _ => value,
    };

    private static void Write<T>(BinaryWriter writer, SortedDictionary<string, T> items, Action<T> write)
    {
        writer.Write(items.Count);
        foreach (var (key, item) in items)
        {
            writer.Write(key);
            write(item);
        }
    }

    private static void Read<T>(BinaryReader reader, SortedDictionary<string, T> items, Func<T> read)
    {
        items.Clear();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var key = reader.ReadString();
            items[key] = read();
        }
    }
}
