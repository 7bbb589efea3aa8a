using SignalStream.Contracts;

namespace SignalStream.ChaosTests.Relay;

/// <summary>What one viewer has of one stream, over all its connections: every sample against the one that was made.</summary>
internal sealed class StreamTrack(int number)
{
    public uint Epoch { get; private set; }

    /// <summary>The first sample that it lacks; null before the first frame.</summary>
    public ulong? Next { get; private set; }

    public ulong Begin { get; private set; }

    /// <summary>Samples that came in full.</summary>
    public long Delivered { get; private set; }

    /// <summary>Samples that came as columns.</summary>
    public long Thinned { get; private set; }

    /// <summary>Places where something is missing and no gap told of it.</summary>
    public int SilentHoles { get; private set; }

    /// <summary>Samples in gaps, and holes of which nothing was said.</summary>
    public ulong Lost { get; private set; }

    public ulong Doubled { get; private set; }

    public ulong OutOfOrder { get; private set; }

    public ulong Wrong { get; private set; }

    public long LastTimeNs { get; private set; }

    public void Take(byte[] frame)
    {
        if (FrameHeader.TryRead(frame, out var header) != FrameError.None)
        {
            Wrong++;
            return;
        }

        var covers = header.Kind == FrameKind.Gap ? BitConverter.ToUInt64(frame, FrameHeader.Size) : (ulong)header.Count << header.Scale;
        if (Next is not { } next)
            (next, Begin, Epoch) = (header.First, header.First, header.Epoch);
        if (header.Epoch != Epoch)
            Wrong++;
        if (header.First + covers <= next)
            Doubled += covers;
        else if (header.First < next)
            OutOfOrder += next - header.First;
        else if (header.First > next)
            (Lost, SilentHoles) = (Lost + header.First - next, SilentHoles + 1);
        if (header.Kind == FrameKind.Gap)
            Lost += covers;
        else if (header.Kind == FrameKind.Samples)
            Check(header, frame);
        else
            CheckColumns(header, frame);
        Next = Math.Max(next, header.First + covers);
        LastTimeNs = header.TimeOf(Next.Value);
    }

    private void CheckColumns(FrameHeader header, byte[] frame)
    {
        Thinned += (long)header.Count << header.Scale;
        var values = FrameHeader.Values(frame);
        for (var column = 0; column < header.Count; column++)
        {
            var samples = Enumerable.Range(0, 1 << header.Scale).Select(i => WaveSource.Value(number, header.First + (ulong)((column << header.Scale) + i))).ToList();
            if (values[2 * column] != samples.Min() || values[(2 * column) + 1] != samples.Max())
                Wrong++;
        }
    }

    private void Check(FrameHeader header, byte[] frame)
    {
        Delivered += header.Count;
        var values = FrameHeader.Values(frame);
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] != WaveSource.Value(number, header.First + (ulong)i))
                Wrong++;
        }
    }
}
