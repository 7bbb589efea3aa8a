using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;

namespace SignalStream.Producer.Probes;

/// <summary>Where a target's readings in the log end.</summary>
/// <param name="Sequence">Of the last one in the log; 0: there is none.</param>
/// <param name="Epoch">Its epoch; 0 when it is none of ours.</param>
/// <param name="Index">Its number in the epoch.</param>
internal readonly record struct ReadingTail(ulong Sequence, uint Epoch, ulong Index)
{
    private const int NoSuchMessage = 10037;

    public static async Task<ReadingTail> FindAsync(INatsJSContext log, StreamId stream, CancellationToken cancellationToken)
    {
        try
        {
            var readings = await log.GetStreamAsync(LogDefinitions.NameOf(SignalType.Reading), cancellationToken: cancellationToken);
            var last = (await readings.GetAsync(new StreamMsgGetRequest { LastBySubj = Subjects.Of(SignalType.Reading, stream) }, cancellationToken)).Message;
            return ReadingCodec.TryDecode(last.Data.Span, out var reading, out _)
                ? new ReadingTail(last.Seq, reading.Epoch, reading.Index)
                : new ReadingTail(last.Seq, 0, 0);
        }
        catch (NatsJSApiException exception) when (exception.Error.ErrCode == NoSuchMessage)
        {
            return default;
        }
    }
}
