using System.Collections.Concurrent;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.KeyValueStore;
using SignalStream.Contracts;
using SignalStream.Hosting.Nats;
using SignalStream.Messaging.Logs;
using SignalStream.Messaging.Settings;

namespace SignalStream.Producer.Probes;

/// <summary>All targets there are: those of the configuration, and those of the bucket, which win.</summary>
internal sealed class TargetBook(INatsConnection connection, ProbeOptions options, NatsOptions nats, ProbeMetrics metrics, ILogger<TargetBook> log)
{
    private readonly Dictionary<string, ProbeTarget> _configured = Configured(options, nats);
    private readonly ConcurrentDictionary<string, ProbeTarget> _edited = new(StringComparer.Ordinal);

    /// <summary>Raised when a target comes, changes or goes.</summary>
    public event Action? Changed;

    public IReadOnlyCollection<ProbeTarget> All =>
        [.. _edited.Values, .. _configured.Where(c => !_edited.ContainsKey(c.Key)).Select(c => c.Value)];

    /// <summary>Follows the bucket until cancelled.</summary>
    public async Task WatchAsync(CancellationToken cancellationToken)
    {
        var store = await new NatsKVContext(new NatsJSContext(connection)).GetStoreAsync(LogDefinitions.TargetsBucket, cancellationToken);
        await foreach (var entry in store.WatchAsync<byte[]>(cancellationToken: cancellationToken))
            Apply(entry);
    }

    private void Apply(in NatsKVEntry<byte[]> entry)
    {
        if (entry.Operation != NatsKVOperation.Put)
            _edited.TryRemove(entry.Key, out _);
        else if (Read(entry.Key, entry.Value, out var target) is { } refusal)
            Refuse(entry.Key, refusal);
        else
            _edited[entry.Key] = target!;
        Changed?.Invoke();
    }

    private string? Read(string id, byte[]? value, out ProbeTarget? target)
    {
        target = null;
        if (!StreamId.TryParse($"{ProbeTarget.Kind}.{id}", out var stream))
            return "the key must be 1 to 64 of A-Z, a-z, 0-9, _ and -.";
        if (!TargetDefinition.TryParse(value, out var definition, out var error))
            return error;
        if (_edited.Count >= options.MaxTargets && !_edited.ContainsKey(id))
            return $"there are {options.MaxTargets} targets already: Probes:MaxTargets allows no more.";
        target = new ProbeTarget(stream, definition, options.AllowPrivate);
        return null;
    }

    /// <summary>A target that was good goes on as it was.</summary>
    private void Refuse(string id, string refusal)
    {
        metrics.TargetRefused();
        log.TargetRefused(id, refusal);
    }

    private static Dictionary<string, ProbeTarget> Configured(ProbeOptions options, NatsOptions nats)
    {
        var targets = options.Targets.Select(t => new ProbeTarget(new StreamId(ProbeTarget.Kind, t.Id), t.Definition, options.AllowPrivate));
        if (options.Default)
            targets = targets.Concat(DefaultTargets.Of(nats.Url, options.Gateway));
        return targets.DistinctBy(t => t.Stream.Id).ToDictionary(t => t.Stream.Id, StringComparer.Ordinal);
    }
}
