using NATS.Client.Core;
using NATS.Client.JetStream;

namespace NATS.Client.KeyValueStore;

/// <summary>One bucket. A method with Try returns what the other throws.</summary>
public interface INatsKVStore
{
    INatsJSContext JetStreamContext { get; }

    string Bucket { get; }

    /// <returns>The new revision.</returns>
    ValueTask<ulong> PutAsync<T>(string key, T? value, INatsSerialize<T>? serializer = null, CancellationToken cancellationToken = default);

    ValueTask<NatsResult<ulong>> TryPutAsync<T>(string key, T? value, INatsSerialize<T>? serializer = null, CancellationToken cancellationToken = default);

    /// <exception cref="NatsKVCreateException">The key exists; a deleted one does not.</exception>
    ValueTask<ulong> CreateAsync<T>(string key, T? value, INatsSerialize<T>? serializer = null, CancellationToken cancellationToken = default);

    ValueTask<NatsResult<ulong>> TryCreateAsync<T>(string key, T? value, INatsSerialize<T>? serializer = null, CancellationToken cancellationToken = default);

    /// <exception cref="NatsKVWrongLastRevisionException">The key has another revision.</exception>
    ValueTask<ulong> UpdateAsync<T>(string key, T? value, ulong revision, INatsSerialize<T>? serializer = null, CancellationToken cancellationToken = default);

    ValueTask<NatsResult<ulong>> TryUpdateAsync<T>(string key, T? value, ulong revision, INatsSerialize<T>? serializer = null, CancellationToken cancellationToken = default);

    ValueTask DeleteAsync(string key, NatsKVDeleteOpts? opts = null, CancellationToken cancellationToken = default);

    ValueTask<NatsResult> TryDeleteAsync(string key, NatsKVDeleteOpts? opts = null, CancellationToken cancellationToken = default);

    /// <summary>Deletes it with its history.</summary>
    ValueTask PurgeAsync(string key, NatsKVDeleteOpts? opts = null, CancellationToken cancellationToken = default);

    ValueTask<NatsResult> TryPurgeAsync(string key, NatsKVDeleteOpts? opts = null, CancellationToken cancellationToken = default);

    /// <param name="key">The key.</param>
    /// <param name="revision">The last if 0.</param>
    /// <param name="serializer">The connection's if null.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="NatsKVKeyNotFoundException">It does not exist, or not at that revision.</exception>
    /// <exception cref="NatsKVKeyDeletedException">It was deleted.</exception>
    ValueTask<NatsKVEntry<T>> GetEntryAsync<T>(string key, ulong revision = 0, INatsDeserialize<T>? serializer = null, CancellationToken cancellationToken = default);

    ValueTask<NatsResult<NatsKVEntry<T>>> TryGetEntryAsync<T>(string key, ulong revision = 0, INatsDeserialize<T>? serializer = null, CancellationToken cancellationToken = default);

    /// <param name="key">A key, or a pattern with * and >.</param>
    /// <param name="serializer">The connection's if null.</param>
    /// <param name="opts">What is told.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    IAsyncEnumerable<NatsKVEntry<T>> WatchAsync<T>(string key, INatsDeserialize<T>? serializer = null, NatsKVWatchOpts? opts = null, CancellationToken cancellationToken = default);

    /// <summary>Several keys or patterns at once; needs server 2.10.</summary>
    IAsyncEnumerable<NatsKVEntry<T>> WatchAsync<T>(IEnumerable<string> keys, INatsDeserialize<T>? serializer = null, NatsKVWatchOpts? opts = null, CancellationToken cancellationToken = default);

    IAsyncEnumerable<NatsKVEntry<T>> WatchAsync<T>(INatsDeserialize<T>? serializer = null, NatsKVWatchOpts? opts = null, CancellationToken cancellationToken = default);

    /// <summary>The kept values of a key, oldest first, deletions included.</summary>
    IAsyncEnumerable<NatsKVEntry<T>> HistoryAsync<T>(string key, INatsDeserialize<T>? serializer = null, NatsKVWatchOpts? opts = null, CancellationToken cancellationToken = default);

    ValueTask<NatsKVStatus> GetStatusAsync(CancellationToken cancellationToken = default);

    IAsyncEnumerable<string> GetKeysAsync(NatsKVWatchOpts? opts = null, CancellationToken cancellationToken = default);

    IAsyncEnumerable<string> GetKeysAsync(IEnumerable<string> filters, NatsKVWatchOpts? opts = null, CancellationToken cancellationToken = default);
}
