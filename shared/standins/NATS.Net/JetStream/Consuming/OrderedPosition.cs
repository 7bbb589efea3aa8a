using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream.Consuming;

internal enum Verdict
{
    Take,
    Skip,

    /// <summary>A delivery is missing: everything from here on comes again from a new consumer.</summary>
    Gap,
}

/// <summary>How far an ordered consumer has come, and hence where its next incarnation starts.</summary>
/// <remarks>
/// The server numbers what it delivers, so a number left out is a message lost on the way. A start that means "the newest"
/// or "from now" is turned into a sequence as soon as the server has chosen it, or a reset before the first message
/// would skip what came meanwhile. "The last of each subject" has no such sequence: until that snapshot is complete, the
/// next incarnation takes it anew and what was delivered already is skipped. When that brings nothing new, because the
/// line never holds for so long, it goes on by sequence and may tell values that have been superseded.
/// </remarks>
internal sealed class OrderedPosition(NatsJSOrderedConsumerOpts opts)
{
    private bool _started;
    private bool _advanced;
    private bool _isSnapshot;
    private ulong _last;
    private ulong _expected;
    private ulong _initialLeft;

    /// <summary>Whether everything has been delivered that there was at the start.</summary>
    public bool IsCaughtUp { get; private set; }

    /// <summary>Sets where the next incarnation is to start.</summary>
    public void Apply(ConsumerConfig config)
    {
        _isSnapshot = opts.DeliverPolicy == ConsumerConfigDeliverPolicy.LastPerSubject && !IsCaughtUp && (!_started || _advanced);
        if (!_started || _isSnapshot)
        {
            config.DeliverPolicy = opts.DeliverPolicy;
            config.OptStartSeq = opts.OptStartSeq;
            config.OptStartTime = opts.OptStartTime;
        }
        else
        {
            config.DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartSequence;
            config.OptStartSeq = _last + 1;
        }
    }

    /// <summary>Notes what the server made of it.</summary>
    public void Begin(ConsumerInfo info)
    {
        if (!_started && !_isSnapshot)
            _last = info.Delivered.StreamSeq;
        _started = true;
        _advanced = false;
        _expected = 1;
        _initialLeft = info.NumPending;
        if (_initialLeft == 0)
            CatchUp(info.Delivered.StreamSeq);
    }

    public Verdict Judge(string? replyTo)
    {
        if (!AckSubject.TryParse(replyTo, out var ack))
            return Verdict.Skip;
        if (ack.ConsumerSequence != _expected)
            return Verdict.Gap;

        _expected++;
        var repeated = _isSnapshot && ack.StreamSequence <= _last;
        if (!repeated)
            (_last, _advanced) = (ack.StreamSequence, true);
        if (!IsCaughtUp && (--_initialLeft == 0 || ack.NumPending == 0))
            CatchUp(0);
        return repeated ? Verdict.Skip : Verdict.Take;
    }

    /// <summary>The server has nothing more to deliver: some of what was there at the start is gone.</summary>
    public void Idle() => CatchUp(0);

    private void CatchUp(ulong atLeast)
    {
        IsCaughtUp = true;
        _last = Math.Max(_last, atLeast);
    }
}
