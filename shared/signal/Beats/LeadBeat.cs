using SignalStream.Signal.State;

namespace SignalStream.Signal.Beats;

/// <summary>A beat that one lead shows.</summary>
internal readonly record struct LeadBeat(Beat Beat, int Lead, long Until)
{
    /// <summary>Field by field, so that nothing undefined between them is saved.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Write(Beat.Sample);
        writer.Write(Beat.Offset);
        writer.Write(Beat.AmplitudeMv);
        writer.Write(Beat.RrMs);
        writer.Write(Beat.Confidence);
        writer.Write(Beat.QrsMs);
        writer.Write((int)Beat.Class);
        writer.Write(Beat.DecisionSample);
        writer.Write(Lead);
        writer.Write(Until);
    }

    public static LeadBeat Restore(ref StateReader reader)
    {
        var beat = new Beat(
            reader.Read<long>(),
            reader.Read<float>(),
            reader.Read<float>(),
            reader.Read<float>(),
            reader.Read<float>(),
            reader.Read<float>(),
            (BeatClass)reader.Read<int>(),
            reader.Read<long>(),
            reader.Read<int>());
        return new LeadBeat(beat, beat.Lead, reader.Read<long>());
    }
}
