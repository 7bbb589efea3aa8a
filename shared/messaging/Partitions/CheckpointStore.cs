using System.Globalization;
using Google.Protobuf;
using NATS.Client.Core;
using NATS.Client.KeyValueStore;
using SignalStream.Messaging.Logs;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Partitions;

/// <summary>A checkpoint's head with the revision that a comparison needs; revision 0: there is none yet.</summary>
/// <param name="Checkpoint">What it says.</param>
/// <param name="Revision">Of its key.</param>
/// <param name="WrittenNs">When the bucket stored it, ns since the Unix epoch.</param>
internal readonly record struct StoredCheckpoint(V1.Checkpoint Checkpoint, ulong Revision, long WrittenNs);

/// <summary>Checkpoints of a capability's partitions: a head written by compare-and-set, and parts with the states.</summary>
/// <remarks>
/// Who fails a comparison of the head is no longer the owner. The head names its parts by revision, of which the bucket keeps the
/// last eight, so a part that was written in vain changes nothing.
/// </remarks>
internal sealed class CheckpointStore(INatsConnection connection, Capability capability, TimeProvider time)
{
    private const int PartReads = 10;
    private static readonly TimeSpan PartReadPause = TimeSpan.FromMilliseconds(50);

    private INatsKVStore? _store;

    /// <summary>Keys of all heads, and of nothing else.</summary>
    private string Heads => $"{capability.Service}.{capability.Name}.*";

    /// <summary>The partition's head; an empty one of revision 0 when there is none or it cannot be read.</summary>
    public async Task<StoredCheckpoint> LoadAsync(int partition, CancellationToken cancellationToken)
    {
        var store = await StoreAsync(cancellationToken);
        var found = await store.TryGetEntryAsync<byte[]>(Key(partition), cancellationToken: cancellationToken);
        if (found.Success)
            return Head(found.Value);
        return found.Error switch
        {
            NatsKVKeyNotFoundException => default(StoredCheckpoint) with { Checkpoint = new V1.Checkpoint() },
            NatsKVKeyDeletedException deleted => new StoredCheckpoint(new V1.Checkpoint(), deleted.Revision, 0),
            _ => throw found.Error,
        };
    }

    /// <summary>The heads that the bucket still has, the newest first.</summary>
    public async Task<IReadOnlyList<V1.Checkpoint>> HistoryAsync(int partition, CancellationToken cancellationToken)
    {
        var store = await StoreAsync(cancellationToken);
        var heads = new List<V1.Checkpoint>();
        await foreach (var entry in store.HistoryAsync<byte[]>(Key(partition), cancellationToken: cancellationToken))
        {
            if (entry.Operation == NatsKVOperation.Put)
                heads.Add(Head(entry).Checkpoint);
        }

        heads.Reverse();
        return heads;
    }

    /// <summary>The parts that a head names.</summary>
    public async Task<IReadOnlyList<V1.CheckpointPart>> LoadPartsAsync(int partition, V1.Checkpoint head, CancellationToken cancellationToken) =>
        head.Parts.Count == 0
            ? [head.InOnePiece(capability)]
            : await Task.WhenAll(head.Parts.Select((part, i) => LoadPartAsync(Key(partition, i), part, cancellationToken)));

    /// <summary>Writes the head over the revision that is known.</summary>
    /// <returns>The new revision; 0 when somebody else was faster.</returns>
    public async Task<ulong> TrySaveAsync(int partition, V1.Checkpoint checkpoint, ulong revision, CancellationToken cancellationToken)
    {
        var store = await StoreAsync(cancellationToken);
        var bytes = checkpoint.ToByteArray();
        var saved = revision == 0
            ? await store.TryCreateAsync(Key(partition), bytes, cancellationToken: cancellationToken)
            : await store.TryUpdateAsync(Key(partition), bytes, revision, cancellationToken: cancellationToken);
        if (saved.Success)
            return saved.Value;
        return saved.Error is NatsKVWrongLastRevisionException or NatsKVCreateException ? 0UL : throw saved.Error;
    }

    /// <summary>Writes a part, which counts once the head names it.</summary>
    /// <returns>Its revision.</returns>
    public async Task<ulong> SavePartAsync(int partition, int part, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        await (await StoreAsync(cancellationToken)).PutAsync(Key(partition, part), bytes, cancellationToken: cancellationToken);

    /// <summary>Removes a part that no head will name again.</summary>
    public async Task RemovePartAsync(int partition, int part, CancellationToken cancellationToken) =>
        await (await StoreAsync(cancellationToken)).PurgeAsync(Key(partition, part), cancellationToken: cancellationToken);

    /// <summary>Follows the heads of all partitions until cancelled; throws when the server cannot be asked.</summary>
    /// <param name="changed">Told a partition, its head, and whether that came about just now: else it was there before.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task WatchAsync(Action<int, StoredCheckpoint, bool> changed, CancellationToken cancellationToken)
    {
        var store = await StoreAsync(cancellationToken);
        var isNews = false;
        var options = new NatsKVWatchOpts { OnNoData = _ => ValueTask.FromResult(!(isNews = true)) };
        await foreach (var entry in store.WatchAsync<byte[]>(Heads, opts: options, cancellationToken: cancellationToken))
        {
            var number = entry.Key[(entry.Key.LastIndexOf('.') + 1)..];
            if (int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var partition) && partition < Partition.Count)
                changed(partition, Head(entry), isNews);
        }
    }

    private static StoredCheckpoint Head(NatsKVEntry<byte[]> entry) =>
        new(Parse(V1.Checkpoint.Parser, entry.Value), entry.Revision, EventTime.Of(entry.Created));

    private async Task<V1.CheckpointPart> LoadPartAsync(string key, V1.Checkpoint.Types.Part part, CancellationToken cancellationToken)
    {
        if (part.Revision == 0)
            return new V1.CheckpointPart { InputSequence = part.InputSequence, InputTimeNs = part.InputTimeNs };
        var store = await StoreAsync(cancellationToken);
        for (var read = 1; ; read++)
        {
            var found = await store.TryGetEntryAsync<byte[]>(key, part.Revision, cancellationToken: cancellationToken);
            if (found.Success)
                return Parse(V1.CheckpointPart.Parser, found.Value.Value);
            if (found.Error is not (NatsKVKeyNotFoundException or NatsKVKeyDeletedException))
                throw found.Error;

            // A follower in a cluster may not have it yet. One that is nowhere is lost: its streams start afresh.
            if (read == PartReads)
                return new V1.CheckpointPart { InputSequence = part.InputSequence, InputTimeNs = part.InputTimeNs };
            await Task.Delay(PartReadPause, time, cancellationToken);
        }
    }

    private string Key(int partition) => $"{capability.FullName}.{partition}";

    private string Key(int partition, int part) => $"{capability.FullName}.{partition}.{part}";

    private static T Parse<T>(MessageParser<T> parser, byte[]? bytes)
        where T : IMessage<T>, new()
    {
        try
        {
            return bytes is null ? new T() : parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            // Nobody's: the streams start afresh, and the outputs that are in the log are adopted.
            return new T();
        }
    }

    private async ValueTask<INatsKVStore> StoreAsync(CancellationToken cancellationToken) =>
        _store ??= await new NatsKVContext(EngineContext.Of(connection)).GetStoreAsync(LogDefinitions.StateBucket, cancellationToken);
}
