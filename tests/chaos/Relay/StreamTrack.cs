using SignalStream.Contracts;

namespace SignalStream.ChaosTests.Relay;

/// <summary>What one viewer has of one stream, over all its connections: every sample against the one that was made.</summary>
internal sealed class StreamTrack(int number)
{
    public uint Epoch { get; private set; }

    /// <summary>The first sample that it lacks; null before the first frame.</summary>
    public ulong? Next { get; private set; }

    public ulong Begin { get; private set; }

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
        else
            Lost += header.First - next;
        if (header.Kind == FrameKind.Gap)
            Lost += covers;
        else if (header.Kind == FrameKind.Samples)
            Check(header, frame);
        else
            Wrong += covers; // Thinned: nobody lags here.
        Next = Math.Max(next, header.First + covers);
        LastTimeNs = header.TimeOf(Next.Value);
    }

    private void Check(FrameHeader header, byte[] frame)
    {
        var values = FrameHeader.Values(frame);
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i] != WaveSource.Value(number, header.First + (ulong)i))
                Wrong++;
        }
    }
}
