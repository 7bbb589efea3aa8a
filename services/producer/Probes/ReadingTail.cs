using SignalStream.Contracts;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;

namespace SignalStream.Producer.Probes;

/// <summary>Where a target's readings in the log end.</summary>
/// <param name="Sequence">Of the last one in the log; 0: there is none.</param>
/// <param name="Epoch">Its epoch; 0 when it is none of ours.</param>
/// <param name="Index">Its number in the epoch.</param>
internal readonly record struct ReadingTail(ulong Sequence, uint Epoch, ulong Index)
{
    public static async Task<ReadingTail> FindAsync(ReadingLog log, StreamId stream, CancellationToken cancellationToken)
    {
        if (await log.FindLastAsync(stream, cancellationToken) is not { } last)
            return default;
        return ReadingCodec.TryDecode(last.Data.Span, out var reading, out _)
            ? new ReadingTail(last.Sequence, reading.Epoch, reading.Index)
            : new ReadingTail(last.Sequence, 0, 0);
    }
}
