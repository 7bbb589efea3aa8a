namespace NATS.Client.KeyValueStore;

public class NatsKVOpts
{
    public static readonly NatsKVOpts Default = new();
}

/// <summary>What a watch tells.</summary>
public record NatsKVWatchOpts
{
    public static readonly NatsKVWatchOpts Default = new();

    /// <summary>How often the server says that it is alive when nothing changes; two missing, and the watch starts anew where it was.</summary>
    public TimeSpan IdleHeartbeat { get; init; } = TimeSpan.FromSeconds(5);

    public bool IgnoreDeletes { get; init; }

    /// <summary>All kept values at first, not only the last of each key.</summary>
    public bool IncludeHistory { get; init; }

    /// <summary>Nothing at first, only what changes from now on.</summary>
    public bool UpdatesOnly { get; init; }

    /// <summary>Keys, revisions and operations without values.</summary>
    public bool MetaOnly { get; init; }

    /// <summary>Called once, when everything has been told that there was at the start; true ends the watch.</summary>
    public Func<CancellationToken, ValueTask<bool>>? OnNoData { get; init; }

    /// <summary>Everything from this revision on, if above 0.</summary>
    public ulong ResumeAtRevision { get; init; }
}

/// <summary>How a key is deleted.</summary>
public record NatsKVDeleteOpts
{
    /// <summary>Whether its history goes too.</summary>
    public bool Purge { get; init; }

    /// <summary>The revision that it must have, if above 0.</summary>
    public ulong Revision { get; init; }
}
