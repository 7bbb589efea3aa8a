using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Partitions;

/// <summary>What a checkpoint says, in today's fields and in those that were written before.</summary>
internal static class CheckpointReading
{
    /// <summary>Outputs of streams that are not listed lie behind it.</summary>
    public static ulong FloorOf(this V1.CheckpointPart part, SignalType type) =>
        part.OutputFloors.FirstOrDefault(f => f.Type == Subjects.Token(type))?.Sequence ?? 0;

    /// <summary>What the stream has in a log; null when nothing is known.</summary>
    public static V1.Checkpoint.Types.StreamOutput? OutputOf(this V1.Checkpoint.Types.StreamState state, SignalType type, Capability capability)
    {
        if (state.Outputs.FirstOrDefault(o => o.Type == Subjects.Token(type)) is { } output)
            return output;
        return state.OutputSequence > 0 && type == capability.Outputs[0]
            ? new V1.Checkpoint.Types.StreamOutput { Type = Subjects.Token(type), Sequence = state.OutputSequence }
            : null;
    }

    /// <summary>The streams of a checkpoint that was written in one piece.</summary>
    public static V1.CheckpointPart InOnePiece(this V1.Checkpoint checkpoint, Capability capability)
    {
        var part = new V1.CheckpointPart { InputSequence = checkpoint.InputSequence, InputTimeNs = checkpoint.InputTimeNs };
        part.Streams.Add(checkpoint.Streams);
        part.OutputFloors.Add(checkpoint.OutputFloors);
        if (part.OutputFloors.Count == 0)
            part.OutputFloors.Add(new V1.Checkpoint.Types.OutputFloor { Type = Subjects.Token(capability.Outputs[0]), Sequence = checkpoint.OutputFloor });
        return part;
    }
}
