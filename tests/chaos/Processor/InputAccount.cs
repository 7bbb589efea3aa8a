using System.Globalization;
using SignalStream.Contracts;

namespace SignalStream.ChaosTests.Processor;

/// <summary>Whether the input's log is what the processor may rely on: nothing missing, and all of it published again behind a loss.</summary>
/// <remarks>Otherwise a difference is the server's or the feed's, and says nothing about the processor.</remarks>
internal sealed class InputAccount(IReadOnlyDictionary<string, long> framesMade)
{
    private readonly Dictionary<string, ulong> _next = [];
    private readonly HashSet<(string Subject, ulong First)> _waiting = [];
    private long _repeated;
    private long _early;

    /// <summary>Frames that were acknowledged and are not there, or never followed what they were to follow.</summary>
    public long Missing => framesMade.Sum(made => made.Value - ((long)_next.GetValueOrDefault(made.Key) / Bed.SamplesAFrame));

    public void Add(string subject, in FrameHeader header)
    {
        var next = _next.GetValueOrDefault(subject);
        if (header.First < next)
            _repeated++;
        else if (header.First > next && _waiting.Add((subject, header.First)))
            _early++;
        else if (header.First == next)
            _next[subject] = Behind(subject, next + Bed.SamplesAFrame);
    }

    private ulong Behind(string subject, ulong next)
    {
        while (_waiting.Remove((subject, next)))
            next += Bed.SamplesAFrame;
        return next;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{framesMade.Values.Sum()} frames made, {Missing} of them missing in the log; {_repeated} repeated, {_early} before their turn");
}
