using SignalStream.Signal.State;

namespace SignalStream.Processor.States;

/// <summary>States of algorithms among other fields; each thread writes them in a buffer of its own, which it uses again.</summary>
/// <remarks>A replica saves thousands of states a second or two, each much longer than what is left of it once packed.</remarks>
internal static class StateBytes
{
    /// <summary>A longer state is an exception, whose buffer is not worth keeping.</summary>
    private const int MostKept = 1 << 20;

    [ThreadStatic]
    private static BinaryWriter? _writer;

    /// <summary>Begins a state, on this thread; what it began before is over.</summary>
    public static BinaryWriter Begin()
    {
        if (_writer?.BaseStream is not MemoryStream { Capacity: <= MostKept } bytes)
            return _writer = new BinaryWriter(new MemoryStream());
        bytes.SetLength(0);
        return _writer;
    }

    /// <summary>What was written since <see cref="Begin"/>; good until the next one.</summary>
    public static ReadOnlySpan<byte> Written(this BinaryWriter writer)
    {
        writer.Flush();
        var bytes = (MemoryStream)writer.BaseStream;
        return bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
    }

    public static void WriteState(this BinaryWriter writer, IStateful part)
    {
        writer.Flush();
        var bytes = (MemoryStream)writer.BaseStream;
        var at = (int)bytes.Length;
        bytes.SetLength(at + part.StateSize);
        part.SaveState(bytes.GetBuffer().AsSpan(at, part.StateSize));
        bytes.Position = bytes.Length;
    }

    public static void ReadState(this BinaryReader reader, IStateful part) => part.RestoreState(reader.ReadBytes(part.StateSize));
}
