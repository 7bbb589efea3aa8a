using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SignalStream.Contracts;

namespace SignalStream.Messaging.Logs;

/// <summary>Looks into the log of waves.</summary>
public sealed class WaveLog(INatsConnection connection)
{
    private const int AtATime = 500;

    private readonly NatsJSContext _jetStream = new(connection);

    /// <summary>The epoch of each stream's last frame in the log: a new one must be above it.</summary>
    /// <param name="kind">Of the streams.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyDictionary<StreamId, uint>> LastEpochsAsync(string kind, CancellationToken cancellationToken)
    {
        var log = LogDefinitions.NameOf(SignalType.Wave);
        var consumer = await _jetStream.CreateOrUpdateConsumerAsync(log, LastOfEach(kind), cancellationToken);
        var epochs = new Dictionary<StreamId, uint>();
        int read;
        do
        {
            read = 0;
            var batch = consumer.FetchNoWaitAsync<byte[]>(new NatsJSFetchOpts { MaxMsgs = AtATime }, cancellationToken: cancellationToken);
            await foreach (var message in batch)
            {
                read++;
                if (Subjects.TryParseStream(message.Subject, out var stream)
                    && FrameHeader.TryRead(message.Data, out var header) == FrameError.None)
                {
                    epochs[stream] = header.Epoch;
                }
            }
        }
        while (read > 0);

        await _jetStream.DeleteConsumerAsync(log, consumer.Info.Name, cancellationToken);
        return epochs;
    }

    private static ConsumerConfig LastOfEach(string kind) => new($"epochs-{Guid.NewGuid():N}")
    {
        DeliverPolicy = ConsumerConfigDeliverPolicy.LastPerSubject,
        AckPolicy = ConsumerConfigAckPolicy.None,
        FilterSubject = Subjects.OfKind(SignalType.Wave, kind),
        InactiveThreshold = TimeSpan.FromMinutes(1),
    };
}
