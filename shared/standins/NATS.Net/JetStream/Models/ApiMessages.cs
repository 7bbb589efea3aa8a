namespace NATS.Client.JetStream.Models;

internal sealed record EmptyRequest;

internal sealed record DeleteResponse(bool Success);

internal sealed record PageRequest(int Offset, string? Subject = null);

internal sealed record NamesPage(int Total, string[]? Streams, string[]? Consumers);

internal sealed record StreamsPage(int Total, StreamInfo[]? Streams);

internal sealed record ConsumersPage(int Total, ConsumerInfo[]? Consumers);

/// <summary>Creates or updates without an action, else does what it says; servers before 2.10 ignore it.</summary>
internal sealed record ConsumerCreateRequest(string StreamName, ConsumerConfig Config, string? Action);

internal sealed record PullRequest(
    int Batch,
    int MaxBytes,
    TimeSpan Expires,
    TimeSpan IdleHeartbeat,
    bool NoWait);

internal sealed record NakOptions(TimeSpan Delay);
