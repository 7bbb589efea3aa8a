using SignalStream.Contracts;

namespace SignalStream.Gateway.Relay;

/// <summary>Whether a stream's frames follow each other: repeats and gaps are arithmetic, not guesses.</summary>
internal struct WaveOrder
{
    private bool _started;
    private uint _epoch;
    private ulong _next;

    /// <summary>Takes the next frame; false when it repeats what came, or leaves the range of places.</summary>
    /// <param name="header">Of a checked frame.</param>
    /// <param name="covers">Places that it accounts for.</param>
    /// <param name="lost">What is missing before it, if anything is.</param>
    public bool TryTake(FrameHeader header, ulong covers, out Stretch? lost)
    {
        lost = null;
        if (covers == 0 || header.First > ulong.MaxValue - covers || IsRepeat(header))
            return false;
        if (_started && header.Epoch == _epoch && header.First > _next)
            lost = Stretch.Before(header, _next);
        (_started, _epoch, _next) = (true, header.Epoch, header.First + covers);
        return true;
    }

    private readonly bool IsRepeat(FrameHeader header) =>
        _started && (header.Epoch < _epoch || (header.Epoch == _epoch && header.First < _next));
}
