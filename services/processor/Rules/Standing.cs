namespace SignalStream.Processor.Rules;

/// <summary>A rule that holds for a stream.</summary>
/// <param name="StartNs">When it began to, event time, ns since the Unix epoch.</param>
/// <param name="SinceNs">The same, of the clock's seen time.</param>
/// <param name="HeardNs">When the field was last heard of, seen time.</param>
/// <param name="Worst">The furthest beyond the threshold; of words nothing.</param>
/// <param name="Text">The last word; empty for numbers.</param>
/// <param name="Stage">What has become of it.</param>
/// <param name="Hour">In which hour it was last refused; 0 when it was not.</param>
internal readonly record struct Standing(long StartNs, long SinceNs, long HeardNs, double Worst, string Text, Stage Stage, long Hour)
{
    public void Save(BinaryWriter writer)
    {
        writer.Write(StartNs);
        writer.Write(SinceNs);
        writer.Write(HeardNs);
        writer.Write(Worst);
        writer.Write(Text);
        writer.Write((byte)Stage);
        writer.Write(Hour);
    }

    public static Standing Restore(BinaryReader reader) => new(
        reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadDouble(), reader.ReadString(), (Stage)reader.ReadByte(), reader.ReadInt64());
}

/// <summary>What has become of a rule that holds.</summary>
internal enum Stage
{
    /// <summary>Not for long enough yet.</summary>
    Pending,

    /// <summary>The alert is raised.</summary>
    Firing,

    /// <summary>The alert would be raised, but there were too many.</summary>
    Suppressed,
}
