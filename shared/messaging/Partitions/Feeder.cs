namespace SignalStream.Messaging.Partitions;

/// <summary>Somebody who feeds partitions: the reader or a catch-up. A worker that hangs keeps him, and he is replaced.</summary>
/// <remarks>One thread at a time feeds; one other looks.</remarks>
internal sealed class Feeder
{
    private readonly TaskCompletionSource _abandoned = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private OwnedPartition? _at;
    private ulong _sequence;
    private long _entered;
    private long _seen;
    private int _looks;
    private volatile bool _isStale;

    /// <summary>Somebody else has taken his place: what he still brings is dropped.</summary>
    public bool IsStale => _isStale;

    /// <summary>Whether no worker keeps him.</summary>
    public bool IsFree => Volatile.Read(ref _at) is null;

    /// <summary>Ends when he is given up.</summary>
    public Task Abandoned => _abandoned.Task;

    public void Enter(OwnedPartition partition, ulong sequence)
    {
        Volatile.Write(ref _sequence, sequence);
        Volatile.Write(ref _entered, _entered + 1);
        Volatile.Write(ref _at, partition);
    }

    public void Leave() => Volatile.Write(ref _at, null);

    /// <summary>How many looks in a row have found him in the same place; 0 when he moves.</summary>
    /// <remarks>Looks are counted, not time: a process that was frozen looks again before its workers had any time.</remarks>
    public (int Looks, OwnedPartition? At, ulong Sequence) Look()
    {
        var (at, entered) = (Volatile.Read(ref _at), Volatile.Read(ref _entered));
        _looks = at is not null && entered == _seen ? _looks + 1 : 0;
        _seen = entered;
        return (_looks, at, Volatile.Read(ref _sequence));
    }

    public void Abandon()
    {
        _isStale = true;
        _abandoned.TrySetResult();
    }
}
