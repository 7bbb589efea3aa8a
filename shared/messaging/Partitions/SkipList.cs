using SignalStream.Contracts;

namespace SignalStream.Messaging.Partitions;

/// <summary>Messages that are passed over, as the log says, each by one stream's worker.</summary>
internal sealed class SkipList
{
    private readonly Dictionary<(ulong Sequence, StreamId Stream), string> _reasons = [];

    public void Add(SkipRecord record) => _reasons[(record.Sequence, record.Stream)] = record.Reason;

    /// <summary>Why a stream's worker passes a message over; null when it does not.</summary>
    public string? ReasonAt(ulong sequence, StreamId stream) => _reasons.Count == 0 ? null : _reasons.GetValueOrDefault((sequence, stream));
}
