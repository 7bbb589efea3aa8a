using SignalStream.Contracts;

namespace SignalStream.Gateway.Relay.Resume;

/// <summary>How a frame fits behind what came before it.</summary>
internal enum Arrival
{
    /// <summary>It follows, or is the first.</summary>
    Next,

    /// <summary>The source has started anew.</summary>
    NewEpoch,

    /// <summary>Something is missing before it.</summary>
    Ahead,

    /// <summary>It was there already, or leaves the range of places.</summary>
    Repeat,
}

/// <summary>Puts a stream's frames in order: what is ahead waits here for what is missing. No lock and no clock: both are the owner's.</summary>
internal sealed class FrameSequence
{
    private readonly List<SharedFrame> _ahead = [];
    private bool _started;
    private uint _epoch;
    private ulong _next;

    /// <summary>Frames that wait.</summary>
    public int Waiting => _ahead.Count;

    /// <summary>Whether something is missing before frames that are there.</summary>
    public bool HasHole => _ahead.Count > 0;

    /// <summary>The place behind the last frame that was taken; null before the first.</summary>
    public (uint Epoch, ulong Next)? Place => _started ? (_epoch, _next) : null;

    /// <summary>Says where it goes on.</summary>
    public void Begin(uint epoch, ulong next) => (_started, _epoch, _next) = (true, epoch, next);

    /// <summary>Where it goes on is not known any more: whatever comes is the next.</summary>
    public void Forget() => _started = false;

    /// <param name="header">Of a checked frame.</param>
    /// <param name="covers">Places that it accounts for.</param>
    public Arrival Judge(FrameHeader header, ulong covers)
    {
        if (covers == 0 || header.First > ulong.MaxValue - covers)
            return Arrival.Repeat;
        if (!_started)
            return Arrival.Next;
        if (header.Epoch != _epoch)
            return header.Epoch > _epoch ? Arrival.NewEpoch : Arrival.Repeat;
        if (header.First == _next)
            return Arrival.Next;
        return header.First > _next ? Arrival.Ahead : Arrival.Repeat;
    }

    /// <summary>A frame has been passed on.</summary>
    public void Take(SharedFrame frame) => Begin(frame.Header.Epoch, frame.Header.First + frame.Covers);

    /// <summary>Keeps a frame that is ahead, once.</summary>
    public void Hold(SharedFrame frame)
    {
        var at = _ahead.Count;
        while (at > 0 && _ahead[at - 1].Header.First > frame.Header.First)
            at--;
        if (at == 0 || _ahead[at - 1].Header.First != frame.Header.First)
            _ahead.Insert(at, frame.Hold());
    }

    /// <summary>Gives the frame that waited and is the next now; whoever gets it releases it.</summary>
    public bool TryTakeHeld(out SharedFrame? frame)
    {
        frame = null;
        while (_ahead.Count > 0 && _ahead[0].Header.First <= _next)
        {
            frame = _ahead[0];
            _ahead.RemoveAt(0);
            if (frame.Header.First == _next)
            {
                Take(frame);
                return true;
            }

            frame.Release();
        }

        frame = null;
        return false;
    }

    /// <summary>What is missing before the first frame that waits; it counts as passed on.</summary>
    public Stretch SkipHole()
    {
        var missing = Stretch.Before(_ahead[0].Header, _next);
        _next = _ahead[0].Header.First;
        return missing;
    }

    public void Clear()
    {
        foreach (var frame in _ahead)
            frame.Release();
        _ahead.Clear();
    }
}
