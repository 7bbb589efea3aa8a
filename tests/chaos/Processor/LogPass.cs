using Prometheus;
using SignalStream.Contracts;
using SignalStream.Contracts.V1;
using SignalStream.Messaging;
using SignalStream.Messaging.Partitions;
using SignalStream.Messaging.Settings;
using SignalStream.Processor.Heart;

namespace SignalStream.ChaosTests.Processor;

/// <summary>
/// One pass over the log as it stands: frames with their repeats and gaps, ticks, settings. What came of it must be in the output
/// logs, alarms included, and the states in the checkpoints must be the same to the bit.
/// </summary>
/// <remarks>The rules of settings are written down here once more, so that the engine is not held against itself.</remarks>
internal sealed class LogPass
{
    private static readonly HeartMetrics Uncounted = new(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()));

    private readonly Dictionary<StreamId, HeartStream> _hearts = [];
    private readonly Dictionary<(int Partition, string Key), Setting> _settings = [];
    private readonly Dictionary<string, DateTimeOffset> _made = [];
    private readonly List<SignalEvent> _events = [];
    private readonly List<SignalEvent> _now = [];

    public IEnumerable<SignalEvent> Events(SignalType type) => _events.Where(e => e.Type == type);

    /// <summary>When the log had what an event rests on.</summary>
    public DateTimeOffset? MadeAt(SignalEvent found) => _made.TryGetValue(found.MessageId, out var at) ? at : null;

    /// <summary>Streams whose state in the checkpoints is another one, or does not speak of their last frame.</summary>
    public IReadOnlyList<StreamId> Differing(IReadOnlyDictionary<StreamId, SavedState> saved) =>
        [.. _hearts.Where(h => !saved.TryGetValue(h.Key, out var state) || !h.Value.Save().AsSpan().SequenceEqual(state.State)).Select(h => h.Key)];

    /// <summary>Works on all of it; each stream as far as its checkpoint says.</summary>
    public static async Task<LogPass> OverAsync(LogReader log, IReadOnlyDictionary<StreamId, SavedState> saved)
    {
        var pass = new LogPass();
        await foreach (var message in log.InputAsync())
        {
            var place = message.Metadata!.Value;
            if (Subjects.TryParseControl(message.Subject, SignalType.Wave, out var partition))
                pass.Control(partition, place.Sequence.Stream, place.Timestamp, V1Control(message.Data!), saved);
            else if (Subjects.TryParseStream(message.Subject, out var stream))
                pass.Wave(stream, new LogMessage(place.Sequence.Stream, EventTime.Of(place.Timestamp), message.Data), place.Timestamp);
        }

        return pass;
    }

    private static Control V1Control(byte[] bytes) => SignalStream.Contracts.V1.Control.Parser.ParseFrom(bytes);

    private void Wave(StreamId stream, LogMessage message, DateTimeOffset at)
    {
        if (!_hearts.TryGetValue(stream, out var heart))
        {
            _hearts[stream] = heart = new HeartStream(stream, new HeartOptions(), Uncounted);
            if (InForce(stream) is { Length: > 0 } value)
                heart.Set(HeartLimits.Setting, value, _now);
        }

        Assert.Null(heart.Process(message, _now));
        Keep(at);
    }

    private void Control(int partition, ulong sequence, DateTimeOffset at, Control control, IReadOnlyDictionary<StreamId, SavedState> saved)
    {
        var hearts = _hearts.Where(h => Partition.Of(h.Key) == partition && sequence <= (saved.GetValueOrDefault(h.Key)?.Position ?? 0)).ToList();
        if (control.Tick is not null)
            hearts.ForEach(h => h.Value.Tick(EventTime.Of(at), _now));
        if (control.Setting is { } setting)
        {
            var before = hearts.ConvertAll(h => InForce(h.Key));
            var known = _settings.GetValueOrDefault((partition, setting.Key));
            if (known is null || (setting.SetNs, setting.Revision).CompareTo((known.SetNs, known.Revision)) > 0)
                _settings[(partition, setting.Key)] = setting;
            foreach (var (heart, old) in hearts.Zip(before))
            {
                if (!InForce(heart.Key).AsSpan().SequenceEqual(old))
                    heart.Value.Set(HeartLimits.Setting, InForce(heart.Key), _now);
            }
        }

        Keep(at);
    }

    private byte[] InForce(StreamId stream)
    {
        var own = Value(stream, SettingsStore.KeyOf(HeartLimits.Setting, stream));
        return own.Length > 0 ? own : Value(stream, SettingsStore.KeyOf(HeartLimits.Setting, null));
    }

    private byte[] Value(StreamId stream, string key) => _settings.GetValueOrDefault((Partition.Of(stream), key))?.Value.ToByteArray() ?? [];

    private void Keep(DateTimeOffset at)
    {
        foreach (var made in _now)
            _made.TryAdd(made.MessageId, at);
        _events.AddRange(_now);
        _now.Clear();
    }
}

/// <summary>A stream's state as a checkpoint has it.</summary>
/// <param name="Position">Everything in the input up to here is in it.</param>
/// <param name="State">The worker's.</param>
internal sealed record SavedState(ulong Position, byte[] State);
