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
/// however often. That is what exactly-once rests on. An output says itself which log it belongs in (<see cref="SignalEvent.Type"/>).
/// Of each kind, the places (epoch, index) of the outputs in one log rise; one that does not is dropped, and counted.
/// </remarks>
public interface IStreamWorker
{
    /// <summary>Algorithm and version.</summary>
    string Version { get; }

    /// <summary>Whether a state that was saved under a version can be taken over; if not, the stream starts afresh.</summary>
    bool CanRestore(string version) => version == Version;

    /// <summary>Takes the next message of the stream.</summary>
    /// <param name="message">As it stands in the log.</param>
    /// <param name="outputs">What it brings, in order.</param>
    /// <returns>Why it was refused; null when it was not.</returns>
    Rejection? Process(in LogMessage message, ICollection<SignalEvent> outputs);

    /// <summary>A second of the log's time has passed; whatever waits or falls silent is judged here and on messages, never by a clock.</summary>
    /// <param name="logNs">The log's time, ns since the Unix epoch.</param>
    /// <param name="outputs">What it brings, in order.</param>
    void Tick(long logNs, ICollection<SignalEvent> outputs);

    /// <summary>A setting applies to this stream from here on: its own one, or else the default for all streams.</summary>
    /// <remarks>
    /// A new worker is told what is in force before its first message. So is one that is about to be restored, and what it brings
    /// then is dropped: the worker may keep settings in its state, or leave them out of it.
    /// </remarks>
    /// <param name="name">The first word of the key in the bucket <c>rules</c>, such as <c>heart</c>.</param>
    /// <param name="value">JSON, UTF-8, as somebody wrote it: not checked. Empty when there is no such setting any more.</param>
    /// <param name="outputs">What it brings, in order.</param>
    void Set(string name, ReadOnlyMemory<byte> value, ICollection<SignalEvent> outputs);

    /// <summary>The whole state.</summary>
    byte[] Save();

    /// <summary>Takes over a state that <see cref="Save"/> gave.</summary>
    /// <exception cref="ArgumentException">It is none of a version that can be restored.</exception>
    void Restore(ReadOnlySpan<byte> state);
}
