using SignalStream.Contracts;

namespace SignalStream.Gateway.Relay.Thinning;

/// <summary>In which form one viewer gets one stream just now: full samples or envelopes of a scale, and the way from one to another.</summary>
/// <remarks>
/// A change happens where both forms have an end: at a multiple of the larger block, inside the frame that reaches it. What
/// lies before that place goes out in the old form and what lies behind it in the new one. Where the source breaks off,
/// columns that are full are told, the rest of one is given up and counted, and samples go on in full up to the next block.
/// </remarks>
internal sealed class Representation(ViewerStream stream, LevelsWanted levels)
{
    private long _wantedSince;

    /// <summary>0: full samples; s: columns of 2^s.</summary>
    public int Scale { get; private set; }

    /// <summary>What it is to become; the stream's feed makes envelopes of both.</summary>
    public int Target { get; private set; }

    /// <summary>Takes what the viewer is to get of a frame and of the envelopes that hang on it.</summary>
    public void Take(SharedFrame wave, int target, ViewerQueue queue)
    {
        Want(target);
        if (wave.IsBreak || wave.Header.Kind != FrameKind.Samples)
            Break(wave, queue);
        if (wave.Header.Kind != FrameKind.Samples)
            queue.AddWave(stream, wave);
        else if (Scale == Target || !TryChange(wave, queue))
            Pass(wave, 0, ulong.MaxValue, queue);
    }

    /// <summary>Nothing is wanted any more.</summary>
    public void End()
    {
        Want(0);
        Become(0);
    }

    private void Want(int target)
    {
        if (target == Target)
            return;
        if (target > 0 && target != Scale)
            _wantedSince = levels.Add(target);
        else
            _wantedSince = long.MinValue;
        if (Target > 0 && Target != Scale)
            levels.Remove(Target);
        Target = target;
    }

    /// <summary>From now on the form is another one. Of the two that were wanted, one is left.</summary>
    private void Become(int scale)
    {
        if (Scale > 0 && Scale != Target)
            levels.Remove(Scale);
        Scale = scale;
    }

    private void Break(SharedFrame wave, ViewerQueue queue)
    {
        if (Scale == 0)
            return;
        foreach (var made in wave.Thinned)
        {
            if (!made.IsBeforeBreak || made.Scale != Scale)
                continue;
            if (made.Frame.Header.Kind == FrameKind.Gap)
                stream.CountGivenUp((long)made.Frame.Covers);
            queue.AddWave(stream, made.Frame);
        }

        // The scale goes on being wanted, now as what it is to become again.
        if (Target == Scale)
            (Scale, _wantedSince) = (0, long.MinValue);
        else
            Become(0);
    }

    private bool TryChange(SharedFrame wave, ViewerQueue queue)
    {
        var block = Math.Max(Columns.BlockOf(Scale, wave.Header.RateHz), Columns.BlockOf(Target, wave.Header.RateHz));
        var place = Columns.Ceiling(wave.Header.First, block);
        var isMade = Target == 0 || ((wave.Levels & (1 << Target)) != 0 && wave.Serial > _wantedSince);
        if (!isMade || place > wave.Header.First + wave.Covers)
            return false;
        Pass(wave, 0, place, queue);
        Become(Target);
        Pass(wave, place, ulong.MaxValue, queue);
        return true;
    }

    /// <summary>What there is in the present form from one place up to another.</summary>
    private void Pass(SharedFrame wave, ulong from, ulong to, ViewerQueue queue)
    {
        if (Scale == 0)
            queue.AddPart(stream, wave, from, to);
        foreach (var made in wave.Thinned)
        {
            if (made.Scale == Scale && !made.IsBeforeBreak)
                queue.AddPart(stream, made.Frame, from, to);
        }
    }
}
