namespace SignalStream.Gateway.Relay;

/// <summary>Those of one worker who watch a stream.</summary>
/// <param name="worker">Theirs.</param>
/// <param name="viewers">Never changed: another one takes the place of this.</param>
internal sealed class StreamWatchers(RelayWorker worker, ViewerStream[] viewers)
{
    private int _waiting;

    public RelayWorker Worker => worker;

    public ViewerStream[] Viewers => viewers;

    /// <summary>A wave has been posted.</summary>
    public void NoteWaiting() => Interlocked.Increment(ref _waiting);

    /// <summary>One of those that were posted is taken: whether it was the last.</summary>
    public bool IsLastWaiting() => Interlocked.Decrement(ref _waiting) == 0;
}
