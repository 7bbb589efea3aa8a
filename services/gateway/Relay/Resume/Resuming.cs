using System.Threading.Channels;
using SignalStream.Contracts;
using SignalStream.Gateway.Relay.Thinning;
using SignalStream.Messaging;

namespace SignalStream.Gateway.Relay.Resume;

/// <summary>One viewer's way from a place in a stream's log to what is live, with neither gap nor repeat. By the viewer's worker alone.</summary>
/// <remarks>
/// Frames of the log go out until there are no more; from then on live ones are kept as well, and both are put in order by
/// their places. A frame is on the bus before it is in the log, so the log soon reaches the first live one that was kept;
/// when all that were are out, the stream is live and this is over. What does not come is told as a gap.
/// </remarks>
internal sealed class Resuming(ViewerStream stream, ResumePoint from, FramePool pool, TimeProvider time)
{
    /// <summary>A frame that is missing in the log may still be sent again by its producer: so long, by the log's time.</summary>
    private static readonly TimeSpan HolePatience = TimeSpan.FromSeconds(2);

    /// <summary>And so long, by ours, where nothing comes of the log: a server that restarts has to be found and asked anew.</summary>
    private static readonly TimeSpan LogPatience = TimeSpan.FromSeconds(10);

    /// <summary>Live frames kept at most; beyond it the viewer is not about to catch up, and they are in the log.</summary>
    private const int MostKept = 1024;

    private readonly FrameSequence _sequence = new();
    private readonly Channel<bool> _holes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly LevelsWanted _levels = new();
    private Thinner? _thinner;
    private readonly EventReplay _events = stream.Events!;
    private bool _isWaveDone = !(from.WantsWaves && stream.WantsWaves);
    private bool _hasBegun;
    private bool _isJoining;
    private bool _readerEnded;
    private bool _ignorePlace;
    private bool _isLanding;
    private (uint Epoch, ulong End)? _live;
    private long _holeSince;

    /// <summary>What the log had first after the hole was there, or part of it was closed; null while it had nothing.</summary>
    private DateTimeOffset? _holeStored;
    private DateTimeOffset _stored;
    private GapReason _holeReason = GapReason.NoLongerInLog;

    /// <summary>Ends the readers when nothing more is needed of them.</summary>
    public CancellationTokenSource Stop { get; } = new();

    /// <summary>Completes when something is missing, or has been since the last call, that the log may have. One caller at a time, from anywhere.</summary>
    public ValueTask<bool> HoleAsync(CancellationToken cancellationToken) => _holes.Reader.ReadAsync(cancellationToken);

    /// <summary>What was read of the log.</summary>
    public void TakeLogged(ReplayBatch batch)
    {
        if (!stream.Wanted)
        {
            End();
        }
        else if (batch.Type != SignalType.Wave)
        {
            _events.Take(batch);
        }
        else if (!_isWaveDone)
        {
            if (batch.Frames.Count > 0)
                _stored = batch.Stored;
            foreach (var frame in batch.Frames)
                Take(frame);
            if (batch.Frames.Count > 0)
                _holeStored ??= _stored;
            _isJoining |= batch.IsCaughtUp || batch.IsLast;
            _readerEnded |= batch.IsLast;
            // For a hole that has only just come about, when the server is back, it is read again.
            LookAtHole(isGivenUp: batch.IsDry && time.GetElapsedTime(_holeSince) > HolePatience);
        }

        batch.Done();
        FinishIfDone();
    }

    /// <summary>A live wave.</summary>
    public void TakeLive(SharedFrame wave)
    {
        if (_isWaveDone)
        {
            Deliver(wave);
            FinishIfDone();
            return;
        }

        if (!_isJoining)
            return;
        if (_sequence.Waiting >= MostKept)
        {
            _sequence.Clear();
            (_isJoining, _live) = (false, null);
            return;
        }

        _live = (wave.Header.Epoch, wave.Header.First + wave.Covers);
        _ignorePlace |= !_hasBegun && from.IsFarBeyond(wave.Header);
        Take(wave);
        LookAtHole();
        FinishIfDone();
    }

    /// <summary>Gives up whatever is kept.</summary>
    public void End()
    {
        Stop.Cancel();
        _sequence.Clear();
        _events.Clear();
        _isWaveDone = true;
    }

    private void Take(SharedFrame frame)
    {
        if (!_hasBegun && !_ignorePlace && from.IsBefore(frame.Header, frame.Covers))
            return;
        Begin(frame.Header);
        switch (_sequence.Judge(frame.Header, frame.Covers))
        {
            case Arrival.NewEpoch:
                while (_sequence.HasHole)
                    SkipHole();
                Pass(frame);
                break;
            case Arrival.Next:
                Pass(frame);
                break;
            case Arrival.Ahead:
                if (!_sequence.HasHole)
                    NoteHole();
                _sequence.Hold(frame);
                break;
        }

        PassHeld();
    }

    /// <summary>At the first frame at or behind the place: of one that begins before it, only the part behind will go out.</summary>
    private void Begin(FrameHeader header)
    {
        if (_hasBegun)
            return;
        _hasBegun = true;
        if (from.HasPlace && !_ignorePlace)
            _sequence.Begin(header.Epoch, header.Epoch == from.Epoch ? Math.Min(header.First, from.First) : 0);
    }

    private void NoteHole()
    {
        (_holeSince, _holeStored) = (time.GetTimestamp(), null);
        _holes.Writer.TryWrite(true);
    }

    private void Pass(SharedFrame frame)
    {
        // Of a hole the next part is there: the rest may follow.
        (_holeSince, _holeStored) = (time.GetTimestamp(), null);
        _sequence.Take(frame);
        _holeReason = GapReason.BeforeGateway;
        Deliver(frame);
    }

    private void PassHeld()
    {
        while (_sequence.TryTakeHeld(out var held))
        {
            _holeReason = GapReason.BeforeGateway;
            Deliver(held!);
            held!.Release();
        }
    }

    private void LookAtHole(bool isGivenUp = false)
    {
        while (_sequence.HasHole && (isGivenUp || IsHoleOld()))
            SkipHole();
    }

    private bool IsHoleOld() => _readerEnded || _sequence.Waiting > MostKept || _stored - _holeStored > HolePatience
        || (_isJoining && time.GetElapsedTime(_holeSince) > LogPatience);

    private void SkipHole()
    {
        var gap = pool.Gap(stream.Topic.Number, _sequence.SkipHole(), _holeReason);
        Deliver(gap);
        gap.Release();
        PassHeld();
    }

    private void Deliver(SharedFrame frame)
    {
        var queue = stream.Viewer.Queue;
        var target = _isLanding ? 0 : stream.TargetOf(frame, stream.Viewer.Step);
        if (from.HasPlace && !_ignorePlace && frame.Header.Epoch == from.Epoch && frame.Header.First < from.First && frame.Header.Kind == FrameKind.Samples)
        {
            // Only the part that the viewer lacks.
            queue.AddPart(stream, frame, from.First, ulong.MaxValue);
            return;
        }

        if (stream.Form is null && target == 0)
        {
            queue.AddWave(stream, frame);
            return;
        }

        var copy = pool.Clone(frame);
        _thinner ??= new Thinner(pool, _levels);
        _thinner.Thin(copy);
        stream.Take(copy, target, _levels);
        copy.Release();
    }

    /// <summary>Over once all that was live is out; envelopes of our own end at the next block, where those that all share can go on.</summary>
    private void FinishIfDone()
    {
        _isWaveDone |= _isJoining && !_sequence.HasHole && _live is { } live && IsAt(live);
        if (!_isWaveDone || !_events.IsDone)
            return;
        Stop.Cancel();
        _isLanding = true;
        if (stream.Form is null)
            stream.Resumed();
    }

    /// <summary>Just behind the last live frame: when the log has gone further, live ones that are still to come would repeat it.</summary>
    private bool IsAt((uint Epoch, ulong End) live) => _sequence.Place == live;
}
