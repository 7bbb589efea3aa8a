using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using NATS.Client.KeyValueStore;
using SignalStream.Contracts;
using SignalStream.Contracts.V1;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;

namespace SignalStream.ChaosTests.Processor;

/// <summary>A finding as the log has it.</summary>
internal sealed record Found(ulong Sequence, DateTimeOffset Stored, SignalEvent Event, ReadOnlyMemory<byte> Bytes);

/// <summary>Reads what the logs hold, from the first message to the last.</summary>
internal sealed class LogReader(INatsConnection connection)
{
    private readonly NatsJSContext _context = new(connection);

    /// <summary>Sequence of the last event of a type, not of what else stands in its log; 0 while the server does not answer, or has none.</summary>
    public async Task<ulong> LastAsync(SignalType type)
    {
        try
        {
            var log = await _context.GetStreamAsync(LogDefinitions.NameOf(type));
            return (await log.GetAsync(new StreamMsgGetRequest { LastBySubj = Subjects.All(type) })).Message.Seq;
        }
        catch (NatsException)
        {
            return 0;
        }
    }

    public async Task<IReadOnlyList<Found>> EventsAsync(SignalType type)
    {
        var events = new List<Found>();
        await foreach (var message in ReadAsync(type, Subjects.All(type)))
        {
            Assert.True(EventCodec.TryDecode(message.Data, out var decoded, out var error), error);
            events.Add(new Found(message.Metadata!.Value.Sequence.Stream, message.Metadata.Value.Timestamp, decoded, message.Data));
        }

        return events;
    }

    /// <summary>The state of each stream in the newest checkpoints: in the parts that their heads name.</summary>
    public async Task<IReadOnlyDictionary<StreamId, SavedState>> StatesAsync()
    {
        var states = new Dictionary<StreamId, SavedState>();
        var store = await new NatsKVContext(_context).GetStoreAsync(LogDefinitions.StateBucket);
        await foreach (var key in store.GetKeysAsync(["processor.heart.*"]))
        {
            var head = Checkpoint.Parser.ParseFrom((await store.GetEntryAsync<byte[]>(key)).Value);
            foreach (var (number, named) in head.Parts.Index().Where(p => p.Item.Revision > 0))
            {
                var part = CheckpointPart.Parser.ParseFrom((await store.GetEntryAsync<byte[]>($"{key}.{number}", named.Revision)).Value);
                foreach (var stream in part.Streams)
                    states[StreamId.Parse(stream.Stream)] = new SavedState(part.InputSequence, stream.State.ToByteArray());
            }
        }

        return states;
    }

    /// <summary>The input with all that decides besides it, in the log's order.</summary>
    public IAsyncEnumerable<INatsJSMsg<byte[]>> InputAsync() => ReadAsync(SignalType.Wave, null);

    /// <summary>What the server kept of the input.</summary>
    public async Task<InputAccount> InputAsync(IReadOnlyList<Bed> beds, IReadOnlyList<long> made)
    {
        var account = new InputAccount(beds.Zip(made, (bed, frames) => (bed.Subject, frames)).ToDictionary(b => b.Subject, b => b.frames));
        await foreach (var message in ReadAsync(SignalType.Wave, Subjects.All(SignalType.Wave)))
        {
            if (FrameHeader.TryRead(message.Data, out var header) == FrameError.None)
                account.Add(message.Subject, header);
        }

        return account;
    }

    private async IAsyncEnumerable<INatsJSMsg<byte[]>> ReadAsync(SignalType type, string? subject)
    {
        var last = await LastAsync(type);
        if (last == 0)
            yield break;
        var options = subject is null ? new NatsJSOrderedConsumerOpts() : new NatsJSOrderedConsumerOpts { FilterSubjects = [subject] };
        var consumer = await _context.CreateOrderedConsumerAsync(LogDefinitions.NameOf(type), options);
        if (consumer.Info.NumPending == 0)
            yield break;
        await foreach (var message in consumer.ConsumeAsync<byte[]>())
        {
            yield return message;
            if (message.Metadata?.NumPending == 0)
                yield break;
        }
    }
}
