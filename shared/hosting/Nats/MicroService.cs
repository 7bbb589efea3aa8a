using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Hosting;
using NATS.Client.Core;

namespace SignalStream.Hosting.Nats;

/// <summary>Answers <c>$SRV.PING</c>, <c>INFO</c> and <c>STATS</c>, so that <c>nats micro ls</c> shows the replica (NATS ADR-32).</summary>
internal sealed class MicroService(
    INatsConnection connection, ServiceIdentity identity, NatsReadiness readiness, TimeProvider time) : BackgroundService
{
    private static readonly string[] Verbs = ["PING", "INFO", "STATS"];

    private readonly DateTimeOffset _started = time.GetUtcNow();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await readiness.WaitAsync(stoppingToken);
            await Task.WhenAll(Verbs.SelectMany(Scopes).Select(subject => AnswerAsync(subject, stoppingToken)));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private IEnumerable<string> Scopes(string verb) =>
        [$"$SRV.{verb}", $"$SRV.{verb}.{Name}", $"$SRV.{verb}.{Name}.{identity.Instance}"];

    private string Name => $"signalstream-{identity.Service}";

    private async Task AnswerAsync(string subject, CancellationToken stoppingToken)
    {
        var verb = subject.Split('.')[1];
        await foreach (var request in connection.SubscribeAsync<byte[]>(subject, cancellationToken: stoppingToken))
        {
            if (request.ReplyTo is not null)
                await request.ReplyAsync(Answer(verb), cancellationToken: stoppingToken);
        }
    }

    private byte[] Answer(string verb) => JsonSerializer.SerializeToUtf8Bytes(
        new MicroAnswer
        {
            Type = $"io.nats.micro.v1.{(verb == "PING" ? "ping" : verb == "INFO" ? "info" : "stats")}_response",
            Name = Name,
            Id = identity.Instance,
            Version = ServiceIdentity.Version,
            Description = verb == "INFO" ? $"SignalStream {identity.Service}" : null,
            Started = verb == "STATS" ? _started : null,
        },
        MicroJson.Default.MicroAnswer);
}

internal sealed record MicroAnswer
{
    public required string Type { get; init; }

    public required string Name { get; init; }

    public required string Id { get; init; }

    public required string Version { get; init; }

    public string? Description { get; init; }

    public DateTimeOffset? Started { get; init; }

    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<string> Endpoints { get; init; } = [];
}

[JsonSerializable(typeof(MicroAnswer))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class MicroJson : JsonSerializerContext;
