using SignalStream.Contracts;

namespace SignalStream.Messaging.Partitions;

/// <summary>What a service does with the streams of a kind.</summary>
/// <param name="Service">Whose replicas share the work.</param>
/// <param name="Name">One word, part of the checkpoints' keys.</param>
/// <param name="Kind">Of the streams, such as <c>ecg</c>.</param>
/// <param name="Input">The one log that is read.</param>
/// <param name="Outputs">
/// The logs that are written; what the engine itself has to tell goes into the first. No other capability may write to streams of
/// this kind there: two writers of one subject would fence each other.
/// </param>
/// <param name="NewWorker">Makes a worker for a stream, in its first state.</param>
public sealed record Capability(
    string Service, string Name, string Kind, SignalType Input, IReadOnlyList<SignalType> Outputs, Func<StreamId, IStreamWorker> NewWorker)
{
    /// <summary>First words of the keys in the bucket <c>rules</c> that concern it.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [Name];

    /// <summary>What tells it from all others: <c>processor.heart</c>.</summary>
    public string FullName => $"{Service}.{Name}";
}
