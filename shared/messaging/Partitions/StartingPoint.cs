using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Partitions;

/// <summary>Where the work on a partition begins.</summary>
/// <param name="Head">Of the checkpoint.</param>
/// <param name="Parts">Its parts.</param>
/// <param name="IsNewest">Whether it is the newest one, and all that it speaks of is there.</param>
internal sealed record StartingPoint(V1.Checkpoint Head, IReadOnlyList<V1.CheckpointPart> Parts, bool IsNewest)
{
    /// <summary>Everything in the input up to here has been worked on by all its parts.</summary>
    public ulong Position => Parts.Min(p => p.InputSequence);

    /// <summary>Whether none of its parts has gone out of the bucket.</summary>
    public bool IsWhole => Head.Parts.Zip(Parts).All(p => p.First.Revision == 0 || p.Second.Streams.Count + p.Second.Settings.Count > 0);

    public static StartingPoint Of(V1.Checkpoint head, IReadOnlyList<V1.CheckpointPart> parts) => new(head, parts, true);

    /// <summary>Its newest output of a type: of which stream, and where; null when it has none.</summary>
    public (string Stream, ulong Sequence)? NewestOutput(SignalType type, Capability capability) => Parts
        .SelectMany(p => p.Streams)
        .Select(s => (s.Stream, Sequence: s.OutputOf(type, capability)?.Sequence ?? 0))
        .Where(o => o.Sequence > 0)
        .OrderByDescending(o => o.Sequence)
        .Select(o => ((string, ulong)?)o)
        .FirstOrDefault();
}
