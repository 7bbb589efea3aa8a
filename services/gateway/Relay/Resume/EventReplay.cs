using SignalStream.Messaging;

namespace SignalStream.Gateway.Relay.Resume;

/// <summary>Events of one stream for a viewer that comes back: first those of the log that it lacks, then what is live, each once.</summary>
/// <remarks>By the viewer's worker alone. Live ones wait until their type's log has been read; then sequences tell which went out.</remarks>
internal sealed class EventReplay
{
    private readonly ViewerStream _stream;
    private readonly long _backNs;
    private readonly Dictionary<SignalType, ulong> _sent = [];
    private readonly Dictionary<string, EventPlace> _places = [];
    private readonly HashSet<SignalType> _reading;
    private readonly List<SharedFrame> _held = [];

    public EventReplay(ViewerStream stream, ResumePoint from, DateTimeOffset now)
    {
        _stream = stream;
        _backNs = from.Back is { } back ? EventTime.Of(now - back) : long.MinValue;
        _reading = [.. Subjects.Types.Where(type => from.WantsEvents(type) && stream.Types.Contains(type))];
        foreach (var (type, sequence) in from.After)
            _sent[type] = sequence;
    }

    /// <summary>Types of which the log is to be read, or is being read.</summary>
    public IReadOnlyCollection<SignalType> Reading => _reading;

    public bool IsDone => _reading.Count == 0;

    public void Take(ReplayBatch batch)
    {
        foreach (var frame in batch.Frames)
            Send(batch.Type, frame);
        if (!batch.IsCaughtUp && !batch.IsLast)
            return;
        _reading.Remove(batch.Type);
        for (var i = 0; i < _held.Count; i++)
        {
            if (_held[i].Event!.Type != batch.Type)
                continue;
            Send(batch.Type, _held[i]);
            _held[i].Release();
            _held.RemoveAt(i--);
        }
    }

    /// <summary>A live event, or the last known one at the beginning: sent, kept for a moment, or known already.</summary>
    public void TakeLive(SharedFrame happened)
    {
        var type = happened.Event!.Type;
        if (happened.Header.TimeNs < _backNs)
            _stream.Viewer.AddUrgent(new Outgoing(_stream, happened, null));
        else if (_reading.Contains(type))
            _held.Add(happened.Hold());
        else
            Send(type, happened);
    }

    public void Clear()
    {
        foreach (var frame in _held)
            frame.Release();
        _held.Clear();
        _reading.Clear();
    }

    private void Send(SignalType type, SharedFrame frame)
    {
        var (kind, place) = (frame.Event!.Kind, frame.Event.Place);
        if (frame.Header.First <= _sent.GetValueOrDefault(type) || (_places.TryGetValue(kind, out var last) && !place.IsAbove(last)))
            return;
        _sent[type] = frame.Header.First;
        _places[kind] = place;
        _stream.Viewer.AddUrgent(new Outgoing(_stream, frame, null));
    }
}
