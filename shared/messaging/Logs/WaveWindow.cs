using SignalStream.Contracts;

namespace SignalStream.Messaging.Logs;

/// <summary>A frame on its way to the log.</summary>
/// <param name="Number">Names the frame in its answer; rises by one a frame.</param>
/// <param name="Pass">Names this sending of it; 0 when it only asks whether the log is there.</param>
/// <param name="Subject">Its stream's.</param>
/// <param name="Frame">Header and payload; stays as it is.</param>
internal readonly record struct WaveSending(long Number, int Pass, string Subject, ReadOnlyMemory<byte> Frame);

/// <summary>The frames that the log has not acknowledged, in the order in which they came, and which of them to send next.</summary>
/// <remarks>
/// <code>
///   gone │ first, not acknowledged … sent, some acknowledged │ next … to be sent, anew up to passEnd │ end
/// </code>
/// A frame that was lost is one that is not acknowledged while later ones are. Then a pass begins: of each stream with a loss
/// everything from the lost frame on goes again, in order, and counts as not acknowledged until it is so in this pass. So each
/// stream is in order in the log, from the lost frame on; who reads it drops the repeats by their place. When the log says
/// nothing at all, one frame asks for all of them, and new ones go on being sent once each: those who watch are not to suffer
/// for it. Knows no clock and no lock: both are the owner's.
/// </remarks>
internal sealed class WaveWindow(WaveOutboxSettings settings, IWaveOutboxObserver observer)
{
    /// <summary>Memory of a frame beside its bytes, about: its array's header and its place here.</summary>
    public const int FrameOverhead = 80;

    /// <summary>Frames of a pass that are under way at once: servers refuse what they cannot take in.</summary>
    public const int MostUnderWay = 4096;

    /// <summary>Acknowledgements may overtake each other by so much, as those of a cluster's leaders may.</summary>
    public static readonly TimeSpan Reordering = TimeSpan.FromMilliseconds(250);

    /// <summary>After a refusal the log is asked again so much later.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(250);

    private readonly HashSet<string> _behind = [];
    private Entry[] _ring = new Entry[64];
    private long _first;
    private long _next;
    private long _passEnd;
    private long _end;
    private long _bytes;
    private int _pass = 1;
    private int _underWay;
    private bool _ask;
    private bool _refused;
    private TimeSpan _askedAt;
    private TimeSpan _latestAcknowledged;

    /// <summary>Frames that are kept because the log may not have them.</summary>
    public int Unacknowledged { get; private set; }

    /// <summary>Takes a frame, and drops the oldest ones where they are too many.</summary>
    public void Add(string subject, byte[] frame, TimeSpan now)
    {
        if (_end - _first == _ring.Length)
            Grow();
        At(_end++) = new Entry { Subject = subject, Frame = frame, AddedAt = now, SentAt = now };
        Unacknowledged++;
        _bytes += CostOf(frame);
        while (_bytes > settings.MaxBytes)
            DropFirst();
    }

    /// <summary>The next frame to send, if one is to be sent now.</summary>
    public bool TryTake(TimeSpan now, out WaveSending sending)
    {
        if (_ask)
            return Ask(now, out sending);
        while (_next < _passEnd && At(_next).IsAcknowledged)
            _next++;
        var mayGo = _next < _end && (_next >= _passEnd || _underWay < MostUnderWay);
        sending = mayGo ? Send(_next++, now) : default;
        return mayGo;
    }

    /// <summary>The log has what was sent.</summary>
    /// <returns>How long that took; null if it was known already, was dropped, or goes again in the pass for its stream's order.</returns>
    public TimeSpan? Acknowledge(long number, int pass, TimeSpan now)
    {
        if (number < _first || number >= _end || At(number).IsAcknowledged)
            return null;
        ref var entry = ref At(number);
        if (pass == 0)
            StartPass();
        if (pass < entry.FromPass)
            return null;
        var delay = now - entry.AddedAt;
        if (entry.SentAt > _latestAcknowledged)
            _latestAcknowledged = entry.SentAt;
        Settle(ref entry);
        if (number == _first)
            RemoveAcknowledged();
        return delay;
    }

    /// <summary>The log, or nobody in its place, has said no to one: the first one will ask again soon.</summary>
    public void Refuse() => _refused = true;

    /// <summary>Begins a pass from the first unacknowledged frame on.</summary>
    public void StartPass()
    {
        _pass++;
        _underWay = 0;
        _behind.Clear();
        for (var number = _first; number < _next; number++)
            SendAgainIfBehind(ref At(number));
        _next = _first;
        _passEnd = _end;
    }

    /// <summary>Gives up a frame that cannot be sent.</summary>
    public void Drop(long number)
    {
        if (number < _first || number >= _end || At(number).IsAcknowledged)
            return;
        Lose(ref At(number));
        if (number == _first)
            RemoveAcknowledged();
    }

    /// <summary>Drops what is too old. To be called now and then.</summary>
    public void DropOld(TimeSpan now)
    {
        while (_first < _end && now - At(_first).AddedAt > settings.MaxAge)
            DropFirst();
    }

    /// <summary>Looks for what was lost. To be called now and then while there is a connection.</summary>
    public void FindLoss(TimeSpan now)
    {
        if (_first == _next)
            return;
        var sentAt = At(_first).SentAt;
        var silentSince = sentAt > _askedAt ? sentAt : _askedAt;
        if (_latestAcknowledged - sentAt > Reordering)
            StartPass();
        else if (now - silentSince > (_refused ? RetryAfter : settings.AckTimeout))
            (_ask, _refused, _next) = (true, false, Math.Max(_next, _passEnd));
    }

    private static int CostOf(byte[] frame) => frame.Length + FrameOverhead;

    private ref Entry At(long number) => ref _ring[number & (_ring.Length - 1)];

    private bool Ask(TimeSpan now, out WaveSending sending)
    {
        _ask = false;
        _askedAt = now;
        sending = default;
        if (_first == _next)
            return false;
        ref var entry = ref At(_first);
        observer.Resent();
        sending = new WaveSending(_first, 0, entry.Subject, entry.Frame);
        return true;
    }

    private void SendAgainIfBehind(ref Entry entry)
    {
        if (!entry.IsAcknowledged)
            _behind.Add(entry.Subject);
        else if (!_behind.Contains(entry.Subject))
            return;
        else
            Unacknowledged++;
        entry.IsAcknowledged = false;
        entry.FromPass = _pass;
    }

    private WaveSending Send(long number, TimeSpan now)
    {
        ref var entry = ref At(number);
        if (entry.SentInPass > 0)
            observer.Resent();
        entry.SentAt = now;
        entry.SentInPass = _pass;
        _underWay++;
        return new WaveSending(number, _pass, entry.Subject, entry.Frame);
    }

    private void DropFirst()
    {
        Lose(ref At(_first));
        RemoveAcknowledged();
    }

    private void Lose(ref Entry entry)
    {
        _ = FrameHeader.TryRead(entry.Frame, out var header);
        observer.Dropped(header.Count);
        Settle(ref entry);
    }

    private void Settle(ref Entry entry)
    {
        entry.IsAcknowledged = true;
        Unacknowledged--;
        if (entry.SentInPass == _pass)
            _underWay--;
    }

    /// <summary>Keeps the first one an unacknowledged one.</summary>
    private void RemoveAcknowledged()
    {
        for (; _first < _end && At(_first).IsAcknowledged; _first++)
        {
            _bytes -= CostOf(At(_first).Frame);
            At(_first) = default;
        }

        _next = Math.Max(_next, _first);
        _refused = false;
    }

    private void Grow()
    {
        var larger = new Entry[_ring.Length * 2];
        for (var number = _first; number < _end; number++)
            larger[number & (larger.Length - 1)] = At(number);
        _ring = larger;
    }

    private struct Entry
    {
        public string Subject;
        public byte[] Frame;
        public TimeSpan AddedAt;
        public TimeSpan SentAt;
        public int SentInPass;
        public int FromPass;
        public bool IsAcknowledged;
    }
}
