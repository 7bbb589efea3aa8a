using System.Numerics;
using SignalStream.Contracts;

namespace SignalStream.Gateway.Relay.Thinning;

/// <summary>What hangs on a frame for viewers of one scale.</summary>
/// <param name="Scale">Theirs.</param>
/// <param name="Frame">An envelope, or the gap in which a column ended that will never be full.</param>
/// <param name="IsBeforeBreak">It belongs to what came before the frame, which does not follow it.</param>
internal readonly record struct ThinnedFrame(int Scale, SharedFrame Frame, bool IsBeforeBreak);

/// <summary>Makes a stream's envelopes, each scale once for all who want it, and hangs them on the frame that completed them.</summary>
/// <remarks>One caller at a time: the stream's feed. A scale that nobody wants costs nothing.</remarks>
internal sealed class Thinner(FramePool pool, LevelsWanted wanted)
{
    private readonly EnvelopeLevel?[] _levels = new EnvelopeLevel?[Columns.MostScale + 1];
    private readonly List<ThinnedFrame> _made = [];
    private int _running;
    private FrameHeader _last;
    private int _channels;

    /// <summary>To be called with each frame of the stream, in order, before anybody gets it.</summary>
    public void Thin(SharedFrame wave)
    {
        wave.Serial = wanted.Next();
        var mask = wanted.Mask;
        if ((mask | _running) == 0)
            return;
        var isBreak = _running != 0 && !Follows(wave);
        if (isBreak)
            Flush();
        Change(isBreak ? 0 : _running & mask, mask, wave);
        if (wave.Header.Kind == FrameKind.Samples)
            Add(wave);
        (_last, _channels) = (wave.Header, wave.Channels);
        wave.Attach(_made.Count == 0 ? [] : [.. _made], _running, isBreak);
        _made.Clear();
    }

    private bool Follows(SharedFrame wave) =>
        wave.Header.Kind == FrameKind.Samples && _last.Kind == FrameKind.Samples && wave.Header.Epoch == _last.Epoch
        && wave.Header.First == _last.First + (ulong)_last.Count && wave.Header.RateHz == _last.RateHz && wave.Channels == _channels;

    private void Flush()
    {
        for (var rest = _running; rest != 0; rest &= rest - 1)
        {
            var scale = BitOperations.TrailingZeroCount(rest);
            Keep(scale, _levels[scale]!.TakeColumns(pool, _last), isBeforeBreak: true);
            Keep(scale, _levels[scale]!.TakeRest(pool, _last), isBeforeBreak: true);
        }
    }

    /// <summary>Goes on with those that are kept and begins the others anew; without samples none can run.</summary>
    private void Change(int kept, int mask, SharedFrame wave)
    {
        _running = wave.Header.Kind == FrameKind.Samples ? mask : 0;
        for (var scale = 1; scale < _levels.Length; scale++)
        {
            var bit = 1 << scale;
            if ((_running & bit) == 0)
                _levels[scale] = null;
            else if ((kept & bit) == 0)
                _levels[scale] = new EnvelopeLevel(scale, wave.Channels, wave.Header.RateHz, wave.Header.First);
        }
    }

    private void Add(SharedFrame wave)
    {
        var values = FrameHeader.Values(wave.Bytes.Span);
        for (var rest = _running; rest != 0; rest &= rest - 1)
        {
            var scale = BitOperations.TrailingZeroCount(rest);
            _levels[scale]!.Add(values, wave.Header.First);
            Keep(scale, _levels[scale]!.TakeBlocks(pool, wave.Header), isBeforeBreak: false);
        }
    }

    private void Keep(int scale, SharedFrame? made, bool isBeforeBreak)
    {
        if (made is not null)
            _made.Add(new ThinnedFrame(scale, made, isBeforeBreak));
    }
}
