using System.Collections.Concurrent;
using SignalStream.Contracts;
using SignalStream.Gateway.Relay.Resume;
using SignalStream.Gateway.Relay.Thinning;
using SignalStream.Messaging;
using SignalStream.Messaging.Logs;

namespace SignalStream.Gateway.Relay;

/// <summary>Joins viewers and streams; a stream's waves flow while somebody wants them.</summary>
internal sealed class RelayHub(WaveFeeds feeds, ReplayReader replays, FramePool pool, TimeProvider time)
{
    private readonly ConcurrentDictionary<StreamId, Lazy<StreamTopic>> _topics = new();
    private uint _lastNumber;

    /// <summary>The stream's place in this gateway; made when first asked for, and kept with its number.</summary>
    public StreamTopic Topic(StreamId stream) => _topics.GetOrAdd(
        stream, id => new Lazy<StreamTopic>(() => new StreamTopic(Interlocked.Increment(ref _lastNumber), id, pool))).Value;

    /// <summary>Told of each event that was new.</summary>
    public event Action<LoggedEvent>? Happened;

    /// <summary>The last known events of all streams.</summary>
    public IEnumerable<SignalEvent> LastEvents() =>
        _topics.Values.Where(topic => topic.IsValueCreated).SelectMany(topic => topic.Value.LastEvents());

    /// <summary>Passes an event on; false when it is a repeat.</summary>
    public bool TryPublish(SignalType type, LoggedEvent logged)
    {
        var isNew = Topic(logged.Event.Place.Stream).TryPublish(type, logged);
        if (isNew)
            Happened?.Invoke(logged);
        return isNew;
    }

    /// <param name="viewer">Who gets it.</param>
    /// <param name="stream">What.</param>
    /// <param name="types">What of it.</param>
    /// <param name="detail">How much of its waves; null for all.</param>
    /// <param name="from">From where on; null for what is live.</param>
    public ViewerStream Attach(Viewer viewer, StreamId stream, TypeSet types, Detail? detail = null, ResumePoint? from = null)
    {
        var attached = new ViewerStream(viewer, Topic(stream), types, detail);
        if (from is not null)
            attached.Resume(from, pool, time);
        attached.Topic.Attach(attached);
        if (attached.WantsWaves)
            Watch(attached);
        if (from is not null)
            replays.Start(attached, from);
        return attached;
    }

    public void Change(ViewerStream attached, TypeSet types, Detail? detail = null)
    {
        attached.Detail = detail;
        var before = attached.WantsWaves;
        attached.Topic.Change(attached, types);
        if (attached.WantsWaves && !before)
            Watch(attached);
        if (before && !attached.WantsWaves)
            Leave(attached);
    }

    public void Detach(ViewerStream attached)
    {
        attached.Topic.Detach(attached);
        if (attached.WantsWaves)
            Leave(attached);
    }

    private void Watch(ViewerStream attached)
    {
        attached.Viewer.NoteStreams(1);
        feeds.Watch(attached.Topic, attached.Viewer.Worker);
    }

    private void Leave(ViewerStream attached)
    {
        attached.Viewer.NoteStreams(-1);
        feeds.Leave(attached.Topic);
    }
}
