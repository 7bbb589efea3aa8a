namespace NATS.Client.JetStream.Models;

public record AccountInfoResponse : AccountStats;

/// <summary>What the account uses of JetStream, and what it may.</summary>
public record AccountStats
{
    public ulong Memory { get; set; }

    public ulong Storage { get; set; }

    public int Streams { get; set; }

    public int Consumers { get; set; }

    public string? Domain { get; set; }

    public AccountLimits Limits { get; set; } = new();

    public ApiStats Api { get; set; } = new();
}

/// <summary>-1 is no limit.</summary>
public record AccountLimits
{
    public long MaxMemory { get; set; }

    public long MaxStorage { get; set; }

    public int MaxStreams { get; set; }

    public int MaxConsumers { get; set; }

    public bool MaxBytesRequired { get; set; }

    public int MaxAckPending { get; set; }
}

public record ApiStats
{
    public ulong Total { get; set; }

    public ulong Errors { get; set; }
}
