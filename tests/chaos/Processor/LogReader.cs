using NATS.Client.Core;
using NATS.Client.JetStream;
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

    /// <summary>Sequence of the last message; 0 while the server does not answer.</summary>
    public async Task<ulong> LastAsync(SignalType type)
    {
        try
        {
            return (await _context.GetStreamAsync(LogDefinitions.NameOf(type))).Info.State.LastSeq;
        }
        catch (NatsException)
        {
            return 0;
        }
    }

    public async Task<IReadOnlyList<Found>> FindingsAsync()
    {
        var findings = new List<Found>();
        await foreach (var message in ReadAsync(SignalType.Finding))
        {
            Assert.True(EventCodec.TryDecode(message.Data, out var decoded, out var error), error);
            findings.Add(new Found(message.Metadata!.Value.Sequence.Stream, message.Metadata.Value.Timestamp, decoded, message.Data));
        }

        return findings;
    }

    /// <summary>The state of each stream in the newest checkpoints, by the stream's name.</summary>
    public async Task<IReadOnlyDictionary<string, byte[]>> StatesAsync()
    {
        var states = new Dictionary<string, byte[]>();
        var store = await new NatsKVContext(_context).GetStoreAsync(LogDefinitions.StateBucket);
        await foreach (var key in store.GetKeysAsync())
        {
            var entry = await store.GetEntryAsync<byte[]>(key);
            foreach (var stream in Checkpoint.Parser.ParseFrom(entry.Value).Streams)
                states[stream.Stream] = stream.State.ToByteArray();
        }

        return states;
    }

    /// <summary>What the server kept of the input.</summary>
    public async Task<InputAccount> InputAsync(IReadOnlyList<Bed> beds, IReadOnlyList<long> made)
    {
        var account = new InputAccount(beds.Zip(made, (bed, frames) => (bed.Subject, frames)).ToDictionary(b => b.Subject, b => b.frames));
        await foreach (var message in ReadAsync(SignalType.Wave))
        {
            if (FrameHeader.TryRead(message.Data, out var header) == FrameError.None)
                account.Add(message.Subject, header);
        }

        return account;
    }

    private async IAsyncEnumerable<INatsJSMsg<byte[]>> ReadAsync(SignalType type)
    {
        var last = await LastAsync(type);
        if (last == 0)
            yield break;
        var options = new NatsJSOrderedConsumerOpts { FilterSubjects = [Subjects.All(type)] };
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
