using NATS.Client.Core;
using SignalStream.Messaging.Codec;

namespace SignalStream.Messaging.Partitions;

/// <summary>What the owner of a partition puts into its log besides the input.</summary>
public sealed partial class PartitionEngine
{
    private const string MessageId = "Nats-Msg-Id";
    private static readonly TimeSpan TickEvery = TimeSpan.FromSeconds(1);

    /// <summary>A tick a second for each partition that has streams; one that is lost on the way is not missed.</summary>
    private async Task TickAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TickEvery, _time);
        while (await WaitAsync(timer, cancellationToken))
        {
            var second = _time.GetUtcNow().ToUnixTimeSeconds();
            foreach (var partition in Held().Where(p => p is { IsLive: true, Streams: > 0 }))
                await TryAsync(() => TellAsync(partition.Number, new TickRecord(second), TickRecord.IdOf(partition.Number, second), cancellationToken), cancellationToken);
        }
    }

    private Task TellAsync(int partition, ControlRecord record, string id, CancellationToken cancellationToken) => _connection.PublishAsync(
        Subjects.Control(_capability.Input, partition),
        ControlCodec.Encode(record),
        new NatsHeaders { [MessageId] = id },
        cancellationToken: cancellationToken).AsTask();
}
