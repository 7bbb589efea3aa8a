using SignalStream.Messaging;

namespace SignalStream.Gateway.Relay.Resume;

/// <summary>What was read from a log for one viewer; the holds go over with it.</summary>
/// <param name="Frames">In the log's order.</param>
/// <param name="Type">Waves, or the type of the events.</param>
/// <param name="Stored">When the last of them was stored.</param>
/// <param name="IsCaughtUp">The log had no more when the last of them was read.</param>
/// <param name="IsLast">The reader has ended.</param>
/// <param name="IsDry">For some seconds now the log has had no more.</param>
internal sealed record ReplayBatch(
    IReadOnlyList<SharedFrame> Frames, SignalType Type, DateTimeOffset Stored, bool IsCaughtUp, bool IsLast, bool IsDry = false)
{
    private readonly TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the viewer's worker has it.</summary>
    public Task Taken => _taken.Task;

    public void Done()
    {
        foreach (var frame in Frames)
            frame.Release();
        _taken.TrySetResult();
    }
}
