namespace SignalStream.Gateway.Relay;

/// <summary>Whether a worker has hardly time for anything but its turns: then two frames go out in one send, which costs hardly more than one.</summary>
/// <remarks>
/// Of each stream half of the viewers wait with the even frames for the next one, half with the odd ones, so that as many sends
/// are made for one frame as for the next. That the sends are halved must not itself end it: it ends at less than half of the share at which
/// it begins.
/// </remarks>
internal sealed class Strain(TimeProvider time)
{
    /// <summary>Share of its time that a worker is in turns; above the first it is under strain, below the second no more.</summary>
    private const double Begins = 0.8;
    private const double Ends = 0.35;

    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(250);

    private readonly long _window = (long)(Window.TotalSeconds * time.TimestampFrequency);
    private long _windowBegan = time.GetTimestamp();
    private long _turnBegan;
    private long _busy;

    /// <summary>How long a wave waits for the next one when that does not come.</summary>
    public static TimeSpan Wait { get; } = TimeSpan.FromMilliseconds(100);

    public bool Is { get; private set; }

    public void BeginTurn() => _turnBegan = time.GetTimestamp();

    /// <returns>Whether it has just begun or ended.</returns>
    public bool EndTurn()
    {
        var now = time.GetTimestamp();
        _busy += now - Math.Max(_turnBegan, _windowBegan);
        if (now - _windowBegan < _window)
            return false;
        var share = (double)_busy / (now - _windowBegan);
        (_windowBegan, _busy) = (now, 0);
        var was = Is;
        Is = share > (was ? Ends : Begins);
        return Is != was;
    }

    /// <summary>Whether a wave is one that waits for the next, for this viewer.</summary>
    public bool Pairs(Viewer viewer, SharedFrame wave) => Is && ((wave.Serial ^ viewer.Id) & 1) == 0;
}
