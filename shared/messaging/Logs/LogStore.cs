using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using NATS.Client.KeyValueStore;

namespace SignalStream.Messaging.Logs;

/// <summary>Makes the logs and buckets, and reads back what the server made of them.</summary>
public sealed class LogStore(INatsConnection connection, LogOptions options)
{
    private const int InsufficientStorage = 10047;
    private static readonly Version ClusterNeeds = new(2, 11);

    private readonly NatsJSContext _jetStream = new(connection);

    /// <summary>Creates what is missing and brings the rest to its configuration.</summary>
    /// <returns>What the server ignored, a sentence each: old servers do so without a word.</returns>
    /// <exception cref="LogStoreException">The server cannot hold the logs as configured.</exception>
    public async Task<IReadOnlyList<string>> EnsureAsync(CancellationToken cancellationToken = default)
    {
        RefuseUnsafeCluster();
        var ignored = new List<string>();
        foreach (var wanted in LogDefinitions.All(options))
        {
            var made = await EnsureAsync(wanted, cancellationToken);
            ignored.AddRange(Differences(wanted, made));
        }

        await EnsureBucketAsync(LogDefinitions.CatalogBucket, 1, cancellationToken);
        await EnsureBucketAsync(LogDefinitions.StateBucket, 8, cancellationToken);
        await EnsureBucketAsync(LogDefinitions.RulesBucket, 1, cancellationToken);
        await EnsureBucketAsync(LogDefinitions.TargetsBucket, 1, cancellationToken);
        return ignored;
    }

    /// <summary>One that is as it should be is left alone: nats-server 2.9 takes an update for a new creation.</summary>
    private async Task EnsureBucketAsync(string name, int history, CancellationToken cancellationToken)
    {
        var there = await FindAsync($"KV_{name}", cancellationToken);
        RefuseMemory(there);
        if (there is not null && there.MaxMsgsPerSubject == history && there.NumReplicas == options.Replicas)
            return;
        var wanted = new NatsKVConfig(name) { History = history, NumberOfReplicas = options.Replicas };
        await new NatsKVContext(_jetStream).CreateOrUpdateStoreAsync(wanted, cancellationToken);
        RefuseMemory(await FindAsync($"KV_{name}", cancellationToken));
    }

    /// <summary>What is only in memory is gone with the server, and with it what was acknowledged.</summary>
    private static void RefuseMemory(StreamConfig? made)
    {
        if (made?.Storage == StreamConfigStorage.Memory)
            throw new LogStoreException($"The stream {made.Name} of the nats-server is in memory: it must be on disk. Delete it, and it is made anew.");
    }

    private void RefuseUnsafeCluster()
    {
        var text = connection.ServerInfo?.Version ?? "";
        if (options.Replicas > 1 && Version.TryParse(text.Split('-')[0], out var version) && version < ClusterNeeds)
        {
            throw new LogStoreException(
                $"Logs:Replicas is {options.Replicas} and the nats-server is {text}: more than 1 needs {ClusterNeeds}, " +
                "since before it two concurrent compare-and-sets could both succeed.");
        }
    }

    private async Task<StreamConfig> EnsureAsync(StreamConfig wanted, CancellationToken cancellationToken)
    {
        var there = await FindAsync(wanted.Name!, cancellationToken);
        RefuseMemory(there);
        if (there is not null && !Differences(wanted, there).Any())
            return there;
        try
        {
            var stream = await _jetStream.CreateOrUpdateStreamAsync(wanted, cancellationToken);
            RefuseMemory(stream.Info.Config);
            return stream.Info.Config;
        }
        catch (NatsJSApiException exception) when (exception.Error.ErrCode == InsufficientStorage)
        {
            throw new LogStoreException(
                $"The nats-server has no room for {wanted.Name}, {wanted.MaxBytes >> 20} MiB: lower Logs:*Megabytes or raise its max_file_store.",
                exception);
        }
    }

    private async Task<StreamConfig?> FindAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await _jetStream.GetStreamAsync(name, cancellationToken: cancellationToken)).Info.Config;
        }
        catch (NatsJSApiException exception) when (exception.Error.Code == 404)
        {
            return null;
        }
    }

    private static IEnumerable<string> Differences(StreamConfig wanted, StreamConfig made)
    {
        (string Name, object? Wanted, object? Made)[] settings =
        [
            ("subjects", Text(wanted.Subjects), Text(made.Subjects)),
            ("max_age", wanted.MaxAge, made.MaxAge),
            ("max_bytes", wanted.MaxBytes, made.MaxBytes),
            ("duplicate_window", wanted.DuplicateWindow, made.DuplicateWindow),
            ("storage", wanted.Storage, made.Storage),
            ("num_replicas", wanted.NumReplicas, made.NumReplicas),
            ("allow_direct", wanted.AllowDirect, made.AllowDirect),
        ];
        return settings.Where(s => !Equals(s.Wanted, s.Made))
            .Select(s => $"{wanted.Name}: {s.Name} is {s.Made}, asked for {s.Wanted}.");

        static string Text(ICollection<string>? subjects) => string.Join(' ', subjects ?? []);
    }
}

/// <summary>The server cannot hold the logs as configured; the message names the option and the limit.</summary>
public sealed class LogStoreException : Exception
{
    /// <summary>With what is wrong and what to change.</summary>
    public LogStoreException(string message)
        : base(message)
    {
    }

    /// <summary>With what is wrong, what to change and the server's answer.</summary>
    public LogStoreException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
