using System.Text.Json.Serialization;

namespace NATS.Client.JetStream.Models;

/// <summary>What a consumer delivers, and how it is acknowledged.</summary>
public record ConsumerConfig
{
    public ConsumerConfig()
    {
    }

    /// <summary>A durable consumer.</summary>
    public ConsumerConfig(string name) => Name = DurableName = name;

    // Enumerations are always written: an absent ack policy would be "none" to the server.
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ConsumerConfigDeliverPolicy DeliverPolicy { get; set; }

    public ulong OptStartSeq { get; set; }

    public DateTimeOffset OptStartTime { get; set; }

    public string? DurableName { get; set; }

    public string? Name { get; set; }

    public string? Description { get; set; }

    public string? DeliverSubject { get; set; }

    public string? DeliverGroup { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ConsumerConfigAckPolicy AckPolicy { get; set; }

    public TimeSpan AckWait { get; set; }

    public long MaxDeliver { get; set; }

    public string? FilterSubject { get; set; }

    /// <summary>Several filters need server 2.10; with an older one creating the consumer fails and says so.</summary>
    public ICollection<string>? FilterSubjects { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ConsumerConfigReplayPolicy ReplayPolicy { get; set; }

    public string? SampleFreq { get; set; }

    public long RateLimitBps { get; set; }

    public long MaxAckPending { get; set; }

    public TimeSpan IdleHeartbeat { get; set; }

    public bool FlowControl { get; set; }

    public long MaxWaiting { get; set; }

    public bool Direct { get; set; }

    public bool HeadersOnly { get; set; }

    public int MaxBatch { get; set; }

    public TimeSpan MaxExpires { get; set; }

    public long MaxBytes { get; set; }

    public TimeSpan InactiveThreshold { get; set; }

    public ICollection<TimeSpan>? Backoff { get; set; }

    public long NumReplicas { get; set; }

    public bool MemStorage { get; set; }

    public IDictionary<string, string>? Metadata { get; set; }
}

public enum ConsumerConfigDeliverPolicy
{
    All = 0,
    Last = 1,
    New = 2,
    ByStartSequence = 3,
    ByStartTime = 4,
    LastPerSubject = 5,
}

public enum ConsumerConfigAckPolicy
{
    Explicit = 0,
    All = 1,
    None = 2,
    FlowControl = 3,
}

public enum ConsumerConfigReplayPolicy
{
    Instant = 0,
    Original = 1,
}
