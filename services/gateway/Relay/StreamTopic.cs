using SignalStream.Contracts;
using SignalStream.Gateway.Relay.Thinning;
using SignalStream.Messaging;
using SignalStream.Messaging.Catalog;
using SignalStream.Messaging.Logs;

namespace SignalStream.Gateway.Relay;

/// <summary>One stream in the gateway: its number, who watches it, and the last known event of each kind.</summary>
internal sealed class StreamTopic
{
    private readonly FramePool _pool;
    private readonly Thinner _thinner;
    private readonly Lock _gate = new();
    private readonly Lock _publishing = new();
    private readonly Dictionary<string, (SignalType Type, SharedFrame Frame)> _last = [];
    private volatile StreamWatchers[] _watchers = [];
    private volatile CatalogEntry? _entry;

    public StreamTopic(uint number, StreamId stream, FramePool pool)
    {
        (Number, Stream, _pool) = (number, stream, pool);
        _thinner = new Thinner(pool, Levels);
    }

    /// <summary>The same for all viewers, so that one framed buffer serves them all.</summary>
    public uint Number { get; }

    public StreamId Stream { get; }

    /// <summary>Envelopes of it that viewers want.</summary>
    public LevelsWanted Levels { get; } = new();

    /// <summary>What the catalog says of it; null until it does.</summary>
    public CatalogEntry? Entry
    {
        get => _entry;
        set => _entry = value;
    }

    /// <summary>Begins to serve a viewer: first the last known events of its types, then what is live.</summary>
    public void Attach(ViewerStream viewer)
    {
        lock (_gate)
        {
            TellLast(viewer, viewer.Types);
            Put(viewer.Viewer.Worker, [.. Of(viewer.Viewer.Worker), viewer]);
        }
    }

    /// <summary>Changes what a viewer gets; of types that it did not get before, it is told the last known events.</summary>
    public void Change(ViewerStream viewer, TypeSet types)
    {
        lock (_gate)
        {
            TellLast(viewer, types.Except(viewer.Types));
            viewer.Types = types;
        }

        if (!viewer.WantsWaves)
            viewer.Viewer.Worker.PostEnd(viewer);
    }

    public void Detach(ViewerStream viewer)
    {
        lock (_gate)
        {
            viewer.Leave();
            Put(viewer.Viewer.Worker, [.. Of(viewer.Viewer.Worker).Where(v => v != viewer)]);
        }

        viewer.Viewer.Worker.PostEnd(viewer);
    }

    /// <summary>A frame's way to its viewers: at once to those of the worker whose turn it is, one post to each other worker.</summary>
    /// <param name="wave">The caller keeps its own hold.</param>
    /// <param name="isLast">No other frame of the stream is there yet.</param>
    public void Publish(SharedFrame wave, bool isLast = true)
    {
        // A feed that ends may still have one on its way when the next one begins.
        lock (_publishing)
        {
            _thinner.Thin(wave);
            StreamWatchers? here = null;
            foreach (var watchers in _watchers)
            {
                if (watchers.Worker.IsHere)
                    here = watchers;
                else
                    watchers.Worker.Post(watchers, wave.Hold());
            }

            // The others send meanwhile.
            here?.Worker.Deliver(here, wave, isLast);
        }
    }

    /// <summary>Passes an event on and keeps it as the last known; false when it is not above the last one of its kind.</summary>
    public bool TryPublish(SignalType type, LoggedEvent logged)
    {
        lock (_gate)
        {
            var kind = logged.Event.Kind;
            if (_last.TryGetValue(kind, out var last) && !logged.Event.Place.IsAbove(last.Frame.Event!.Place))
                return false;
            var frame = _pool.Event(Number, (float)(_entry?.RateHz ?? 0), logged);
            foreach (var viewer in _watchers.SelectMany(w => w.Viewers).Where(v => v.Types.Contains(type)))
                viewer.Viewer.SendEvent(viewer, frame);
            last.Frame?.Release();
            _last[kind] = (type, frame);
            return true;
        }
    }

    /// <summary>The last known event of each kind.</summary>
    public SignalEvent[] LastEvents()
    {
        lock (_gate)
            return [.. _last.Values.Select(last => last.Frame.Event!)];
    }

    private ViewerStream[] Of(RelayWorker worker) => Array.Find(_watchers, w => w.Worker == worker)?.Viewers ?? [];

    private void Put(RelayWorker worker, ViewerStream[] viewers)
    {
        var others = _watchers.Where(w => w.Worker != worker);
        _watchers = viewers.Length == 0 ? [.. others] : [.. others, new StreamWatchers(worker, viewers)];
    }

    private void TellLast(ViewerStream viewer, TypeSet types)
    {
        foreach (var (type, frame) in _last.Values.OrderBy(last => last.Frame.Header.TimeNs))
        {
            if (types.Contains(type))
                viewer.Viewer.SendEvent(viewer, frame);
        }
    }
}
