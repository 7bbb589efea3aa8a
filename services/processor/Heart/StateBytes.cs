using SignalStream.Signal.State;

namespace SignalStream.Processor.Heart;

/// <summary>States of algorithms among other fields.</summary>
internal static class StateBytes
{
    public static void WriteState(this BinaryWriter writer, IStateful part)
    {
        var state = new byte[part.StateSize];
        part.SaveState(state);
        writer.Write(state);
    }

    public static void ReadState(this BinaryReader reader, IStateful part) => part.RestoreState(reader.ReadBytes(part.StateSize));
}
