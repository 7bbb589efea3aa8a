namespace SignalStream.Gateway.Relay;

internal enum KeepAliveStep
{
    Nothing,
    Ping,
    Gone,
}

/// <summary>Whether a viewer is still there: a ping after a silence, and an end when nothing answers. No timer of its own.</summary>
internal sealed class KeepAlive(TimeSpan pingAfter, TimeSpan goneAfter, TimeProvider time)
{
    private long _heardAt = time.GetTimestamp();
    private bool _asked;

    /// <summary>Something came from the viewer.</summary>
    public void Heard()
    {
        Volatile.Write(ref _heardAt, time.GetTimestamp());
        Volatile.Write(ref _asked, false);
    }

    /// <summary>What is due; to be asked now and then.</summary>
    public KeepAliveStep Check()
    {
        var silence = time.GetElapsedTime(Volatile.Read(ref _heardAt));
        if (silence >= pingAfter + goneAfter)
            return KeepAliveStep.Gone;
        if (silence < pingAfter || Volatile.Read(ref _asked))
            return KeepAliveStep.Nothing;
        Volatile.Write(ref _asked, true);
        return KeepAliveStep.Ping;
    }
}
