using System.Text.Json;
using SignalStream.Contracts;
using SignalStream.Gateway.Relay;
using SignalStream.Gateway.Relay.Resume;
using SignalStream.Gateway.Relay.Thinning;
using SignalStream.Messaging.Catalog;

namespace SignalStream.Gateway.WebSockets;

/// <summary>What one viewer has subscribed to: names, patterns, and the streams that follow from them.</summary>
/// <remarks>The session changes it and the catalog tells it of new streams; one lock keeps the two in order.</remarks>
internal sealed class Subscriptions(Viewer viewer, RelayHub hub, CatalogView catalog, WebSocketLimits limits)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<StreamId, Wish> _names = [];
    private readonly Dictionary<string, Wish> _kinds = [];
    private readonly Dictionary<StreamId, ViewerStream> _active = [];
    private volatile ViewerStream[] _snapshot = [];
    private bool _toldTooMany;
    private bool _ended;

    /// <summary>Whether nothing is subscribed, not even a pattern that may match something later.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate)
                return _names.Count == 0 && _kinds.Count == 0;
        }
    }

    /// <summary>What a name or a pattern was subscribed with.</summary>
    private readonly record struct Wish(TypeSet Types, Detail? Detail);

    /// <summary>Subscribes and answers; the answer comes before the last known findings and whatever is live.</summary>
    public CommandError? Subscribe(SubscribeCommand command)
    {
        lock (_gate)
        {
            if (Resolve(command, out var entries) is { } error)
                return error;
            foreach (var selector in command.Streams)
                Note(selector, new Wish(command.Types, command.Detail));
            viewer.SendText(Answers.Subscribed(
                command.Id, [.. entries.Select(Describe)], [.. command.Streams.Where(s => s.Stream is null).Select(s => s.ToString())]));
            foreach (var entry in entries)
                Apply(entry.Stream, command.From?.Of(entry.Stream));
            TakeSnapshot();
            return null;
        }
    }

    /// <summary>Takes back what was subscribed, by the same names and patterns, and answers.</summary>
    public CommandError? Unsubscribe(UnsubscribeCommand command)
    {
        lock (_gate)
        {
            foreach (var selector in command.Streams)
            {
                if (!(selector.Stream is { } stream ? _names.ContainsKey(stream) : _kinds.ContainsKey(selector.Kind)))
                    return CommandError.UnknownStream(selector.ToString(), "is not subscribed");
            }

            foreach (var selector in command.Streams)
                Forget(selector);
            foreach (var stream in _active.Keys.ToArray())
                Apply(stream);
            TakeSnapshot();
            viewer.SendText(Answers.Unsubscribed(command.Id, [.. command.Streams.Select(s => s.ToString())]));
            return null;
        }
    }

    /// <summary>Tells of a change in the catalog, and takes in a new stream that a pattern covers.</summary>
    public void OnCatalog(CatalogEntry entry)
    {
        lock (_gate)
        {
            var active = _active.ContainsKey(entry.Stream);
            if (_ended || !(active || _kinds.ContainsKey(entry.Stream.Kind)))
                return;
            if (!active && _active.Count >= limits.MaxStreams)
            {
                TellTooMany();
                return;
            }

            viewer.SendText(Answers.Stream(Describe(entry)));
            Apply(entry.Stream);
            if (!active)
                TakeSnapshot();
        }
    }

    /// <summary>The streams that follow from it just now, by their numbers; may be read from anywhere.</summary>
    public IReadOnlyList<ViewerStream> Active => _snapshot;

    /// <summary>What is known of prices, in the older form; null when nothing is.</summary>
    public byte[]? InitialMarket(long nowNs) => MarketMessages.Initial(hub.LastEvents(), nowNs);

    public byte[] MarketStatus(JsonElement? id, int clients) => MarketMessages.Status(id, catalog.Snapshot(), hub.LastEvents(), clients);

    /// <summary>Leaves every stream, at the end.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            foreach (var stream in _active.Values)
                hub.Detach(stream);
            _active.Clear();
            TakeSnapshot();
        }
    }

    private CommandError? Resolve(SubscribeCommand command, out List<CatalogEntry> entries)
    {
        entries = [];
        var kinds = command.Streams.Where(s => s.Stream is null).Select(s => s.Kind).ToHashSet(StringComparer.Ordinal);
        foreach (var selector in command.Streams)
        {
            if (selector.Stream is not { } stream || kinds.Contains(stream.Kind))
                continue;
            if (catalog.Find(stream) is not { } entry)
                return CommandError.UnknownStream(stream.ToString(), "is not in the catalog");
            entries.Add(entry);
        }

        if (kinds.Count > 0)
            entries.AddRange(catalog.Snapshot().Where(e => kinds.Contains(e.Stream.Kind)));
        return CheckNamed(command, entries) ?? CheckLimits(kinds, entries);
    }

    // A name beside the pattern that covers it must be in the catalog as well.
    private static CommandError? CheckNamed(SubscribeCommand command, List<CatalogEntry> entries)
    {
        var known = entries.Select(e => e.Stream).ToHashSet();
        var unknown = command.Streams.FirstOrDefault(s => s.Stream is { } stream && !known.Contains(stream));
        return unknown.Stream is null ? null : CommandError.UnknownStream(unknown.ToString(), "is not in the catalog");
    }

    private CommandError? CheckLimits(HashSet<string> kinds, List<CatalogEntry> entries)
    {
        var patterns = _kinds.Keys.Union(kinds).Count();
        if (patterns > limits.MaxPatterns)
            return CommandError.TooMany("patterns", patterns, limits.MaxPatterns);
        var streams = _active.Keys.Union(entries.Select(e => e.Stream)).Count();
        return streams > limits.MaxStreams ? CommandError.TooMany("streams", streams, limits.MaxStreams) : null;
    }

    private void Note(Selector selector, Wish wish)
    {
        if (selector.Stream is { } stream)
            _names[stream] = wish;
        else
            _kinds[selector.Kind] = wish;
    }

    private void Forget(Selector selector)
    {
        if (selector.Stream is { } stream)
            _names.Remove(stream);
        else
            _kinds.Remove(selector.Kind);
    }

    /// <summary>Brings what the viewer gets of a stream in line with what it has subscribed; a name outranks a pattern.</summary>
    private void Apply(StreamId stream, ResumePoint? from = null)
    {
        var wanted = _names.TryGetValue(stream, out var wish) || _kinds.TryGetValue(stream.Kind, out wish);
        var active = _active.TryGetValue(stream, out var current);
        if (active && from is not null)
        {
            // It begins anew, its accounts too.
            hub.Detach(current!);
            active = false;
        }

        if (wanted && active)
            hub.Change(current!, wish.Types, wish.Detail);
        else if (wanted)
            _active[stream] = hub.Attach(viewer, stream, wish.Types, wish.Detail, from);
        else if (active && _active.Remove(stream))
            hub.Detach(current!);
    }

    private void TakeSnapshot() => _snapshot = [.. _active.Values.OrderBy(s => s.Topic.Number)];

    private StreamInfo Describe(CatalogEntry entry) => StreamInfo.Of(entry, hub.Topic(entry.Stream).Number);

    private void TellTooMany()
    {
        if (_toldTooMany)
            return;
        _toldTooMany = true;
        viewer.SendText(Answers.Error(null, CommandError.TooMany("streams", limits.MaxStreams + 1, limits.MaxStreams)));
    }
}
