using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Partitions;

/// <summary>What a checkpoint says of outputs, in today's fields and in those of the time when a capability wrote one log.</summary>
internal static class CheckpointReading
{
    /// <summary>Outputs of streams that are not listed lie behind it.</summary>
    public static ulong FloorOf(this V1.Checkpoint checkpoint, SignalType type) =>
        checkpoint.OutputFloors.FirstOrDefault(f => f.Type == Subjects.Token(type))?.Sequence
        ?? (checkpoint.OutputFloors.Count == 0 ? checkpoint.OutputFloor : 0);

    /// <summary>What the stream has in a log; null when nothing is known.</summary>
    public static V1.Checkpoint.Types.StreamOutput? OutputOf(this V1.Checkpoint.Types.StreamState state, SignalType type, Capability capability)
    {
        if (state.Outputs.FirstOrDefault(o => o.Type == Subjects.Token(type)) is { } output)
            return output;
        return state.OutputSequence > 0 && type == capability.Outputs[0]
            ? new V1.Checkpoint.Types.StreamOutput { Type = Subjects.Token(type), Sequence = state.OutputSequence }
            : null;
    }
}
