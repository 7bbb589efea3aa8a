using SignalStream.Contracts;

namespace SignalStream.Messaging.Partitions;

/// <summary>A message of the input log.</summary>
/// <param name="Sequence">In the log.</param>
/// <param name="StoredNs">When the server stored it, ns since the Unix epoch: the log's time.</param>
/// <param name="Data">The payload.</param>
public readonly record struct LogMessage(ulong Sequence, long StoredNs, ReadOnlyMemory<byte> Data);

/// <summary>Why an input is refused.</summary>
/// <param name="Word">One word, for a metric's label.</param>
/// <param name="Text">The value and the rule, for people.</param>
public readonly record struct Rejection(string Word, string Text);

/// <summary>The work on one stream: from these inputs, with this state, to these outputs. Nothing else decides.</summary>
/// <remarks>
/// No clock, no bus, no chance: the same inputs from the same state give the same outputs, whoever owns the partition and
/// however often. That is what exactly-once rests on.
/// </remarks>
public interface IStreamWorker
{
    /// <summary>Algorithm and version; a state of another version is not restored.</summary>
    string Version { get; }

    /// <summary>Takes the next message of the stream.</summary>
    /// <param name="message">As it stands in the log.</param>
    /// <param name="outputs">What it brings, in order.</param>
    /// <returns>Why it was refused; null when it was not.</returns>
    Rejection? Process(in LogMessage message, ICollection<SignalEvent> outputs);

    /// <summary>The whole state.</summary>
    byte[] Save();

    /// <summary>Takes over a state that <see cref="Save"/> gave.</summary>
    /// <exception cref="ArgumentException">It is none of this version.</exception>
    void Restore(ReadOnlySpan<byte> state);
}

/// <summary>What a service does with the streams of a kind.</summary>
/// <param name="Service">Whose replicas share the work.</param>
/// <param name="Name">One word, part of the checkpoints' keys.</param>
/// <param name="Kind">Of the streams, such as <c>ecg</c>.</param>
/// <param name="Input">The one log that is read.</param>
/// <param name="Output">The log that is written.</param>
/// <param name="NewWorker">Makes a worker for a stream, in its first state.</param>
public sealed record Capability(
    string Service, string Name, string Kind, SignalType Input, SignalType Output, Func<StreamId, IStreamWorker> NewWorker);
