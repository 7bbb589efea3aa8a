using SignalStream.Contracts;

namespace SignalStream.Gateway.Relay.Thinning;

/// <summary>Minimum and maximum of columns of 2^scale samples, gathered until a block is full.</summary>
/// <remarks>O(n) time in the samples; memory is a block's columns and those of one frame.</remarks>
internal sealed class EnvelopeLevel(int scale, int channels, float rateHz, ulong from)
{
    private readonly ulong _block = Columns.BlockOf(scale, rateHz);
    private readonly float[][] _columns = [.. Enumerable.Range(0, channels).Select(_ => new float[16])];
    private ulong _end = Columns.Ceiling(from, Columns.BlockOf(scale, rateHz));

    /// <summary>The first sample that no envelope has told; a multiple of the block.</summary>
    private ulong _start = Columns.Ceiling(from, Columns.BlockOf(scale, rateHz));

    /// <summary>Takes the samples of a frame that follows the last one.</summary>
    /// <param name="values">Shape (channels, count).</param>
    /// <param name="first">Place of the first one.</param>
    public void Add(ReadOnlySpan<float> values, ulong first)
    {
        var count = values.Length / channels;
        var skip = _end > first ? (int)Math.Min(_end - first, (ulong)count) : 0;
        if (skip == count)
            return;
        for (var channel = 0; channel < channels; channel++)
            Gather(ref _columns[channel], values.Slice(channel * count + skip, count - skip), first + (ulong)skip);
        _end = first + (ulong)count;
    }

    /// <summary>The envelope of the blocks that are full; null when none is.</summary>
    public SharedFrame? TakeBlocks(FramePool pool, FrameHeader near) => Take(pool, near, Columns.Floor(_end, _block));

    /// <summary>The columns that are full, before a break.</summary>
    public SharedFrame? TakeColumns(FramePool pool, FrameHeader near) => Take(pool, near, Columns.Floor(_end, 1UL << scale));

    /// <summary>Tells of the samples in a column that will never be full.</summary>
    public SharedFrame? TakeRest(FramePool pool, FrameHeader near)
    {
        if (_end <= _start)
            return null;
        var rest = new Stretch(near.Epoch, _start, _end, near.RateHz, near.TimeOf(_start));
        _start = _end;
        return pool.Gap(near.Topic, rest, GapReason.DroppedForViewer);
    }

    private SharedFrame? Take(FramePool pool, FrameHeader near, ulong end)
    {
        if (end <= _start)
            return null;
        var count = (int)((end - _start) >> scale);
        var header = near with
        {
            Kind = FrameKind.Envelope,
            Scale = scale,
            Count = count,
            First = _start,
            TimeNs = near.TimeOf(_start),
        };
        var frame = pool.Envelope(header, _columns);
        var begun = (int)((_end - end + (1UL << scale) - 1) >> scale);
        foreach (var columns in _columns)
            columns.AsSpan(2 * count, 2 * begun).CopyTo(columns);
        _start = end;
        return frame;
    }

    private void Gather(ref float[] columns, ReadOnlySpan<float> samples, ulong place)
    {
        var width = 1UL << scale;
        while (samples.Length > 0)
        {
            var column = 2 * (int)((place - _start) >> scale);
            if (column == columns.Length)
                Array.Resize(ref columns, 2 * columns.Length);
            var part = (int)Math.Min((ulong)samples.Length, width - (place & (width - 1)));
            var (low, high) = Range(samples[..part]);
            var isNew = (place & (width - 1)) == 0;
            columns[column] = isNew ? low : float.MinNumber(columns[column], low);
            columns[column + 1] = isNew ? high : float.MaxNumber(columns[column + 1], high);
            samples = samples[part..];
            place += (ulong)part;
        }
    }

    // What is not a number is passed over, unless there is nothing else.
    private static (float Low, float High) Range(ReadOnlySpan<float> samples)
    {
        var (low, high) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (var sample in samples)
        {
            if (sample < low)
                low = sample;
            if (sample > high)
                high = sample;
        }

        return low <= high ? (low, high) : (float.NaN, float.NaN);
    }
}
