using SignalStream.Contracts;

namespace SignalStream.Messaging.Partitions;

/// <summary>What the workers of some of a partition's streams share, such as a bound on what they tell together.</summary>
/// <remarks>
/// Part of the state as the workers' own: it is saved and restored with them, and at a tick or a setting the streams take their turns
/// in the order of their names. When a checkpoint is split, both halves go on with what it was.
/// </remarks>
public interface IWorkerGroup
{
    /// <summary>Makes a worker of this group for a stream, in its first state.</summary>
    IStreamWorker NewWorker(StreamId stream);

    /// <summary>The whole state, without the workers'.</summary>
    byte[] Save();

    /// <summary>Takes over a state that <see cref="Save"/> gave.</summary>
    /// <exception cref="ArgumentException">It cannot be read.</exception>
    void Restore(ReadOnlySpan<byte> state);
}
