using System.Collections.Concurrent;
using SignalStream.Contracts;
using SignalStream.Gateway.Relay.Thinning;

namespace SignalStream.Gateway.Relay;

/// <summary>Joins viewers and streams; a stream's waves flow while somebody wants them.</summary>
internal sealed class RelayHub(WaveFeeds feeds, FramePool pool)
{
    private readonly ConcurrentDictionary<StreamId, Lazy<StreamTopic>> _topics = new();
    private uint _lastNumber;

    /// <summary>The stream's place in this gateway; made when first asked for, and kept with its number.</summary>
    public StreamTopic Topic(StreamId stream) => _topics.GetOrAdd(
        stream, id => new Lazy<StreamTopic>(() => new StreamTopic(Interlocked.Increment(ref _lastNumber), id, pool))).Value;

    public ViewerStream Attach(Viewer viewer, StreamId stream, TypeSet types, Detail? detail = null)
    {
        var attached = new ViewerStream(viewer, Topic(stream), types, detail);
        attached.Topic.Attach(attached);
        if (attached.WantsWaves)
            feeds.Watch(attached.Topic, attached.Viewer.Worker);
        return attached;
    }

    public void Change(ViewerStream attached, TypeSet types, Detail? detail = null)
    {
        attached.Detail = detail;
        var before = attached.WantsWaves;
        attached.Topic.Change(attached, types);
        if (attached.WantsWaves && !before)
            feeds.Watch(attached.Topic, attached.Viewer.Worker);
        if (before && !attached.WantsWaves)
            feeds.Leave(attached.Topic);
    }

    public void Detach(ViewerStream attached)
    {
        attached.Topic.Detach(attached);
        if (attached.WantsWaves)
            feeds.Leave(attached.Topic);
    }
}
