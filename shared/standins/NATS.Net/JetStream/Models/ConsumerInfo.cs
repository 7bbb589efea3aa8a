namespace NATS.Client.JetStream.Models;

/// <summary>A consumer as the server has it.</summary>
public record ConsumerInfo
{
    public required string StreamName { get; set; }

    public required string Name { get; set; }

    public DateTimeOffset Ts { get; set; }

    public ConsumerConfig Config { get; set; } = new();

    public DateTimeOffset Created { get; set; }

    public SequenceInfo Delivered { get; set; } = new();

    public SequenceInfo AckFloor { get; set; } = new();

    public int NumAckPending { get; set; }

    public int NumRedelivered { get; set; }

    public int NumWaiting { get; set; }

    public ulong NumPending { get; set; }

    public ClusterInfo? Cluster { get; set; }

    public bool PushBound { get; set; }
}

public record SequenceInfo
{
    public ulong ConsumerSeq { get; set; }

    public ulong StreamSeq { get; set; }

    public DateTimeOffset LastActive { get; set; }
}
