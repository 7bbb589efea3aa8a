using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using NATS.Client.Core;
using SignalStream.Gateway.WebSockets;
using SignalStream.Hosting;
using SignalStream.Messaging;
using SignalStream.Messaging.Cluster;

namespace SignalStream.Gateway.Api;

/// <summary>What <c>/api/v1/system</c> answers: the system as this gateway hears of it.</summary>
/// <param name="Time">Of the answer, ms since the Unix epoch.</param>
/// <param name="Gateway">Which answers.</param>
/// <param name="Nats">Its nats-server.</param>
/// <param name="Partitions">How many there are to share out.</param>
/// <param name="Services">Those of which a replica has been heard.</param>
internal sealed record SystemState(double Time, string Gateway, NatsState Nats, int Partitions, IReadOnlyList<ServiceState> Services);

internal sealed record NatsState(string State, string? Server);

internal sealed record ServiceState(string Service, IReadOnlyList<ReplicaState> Replicas);

/// <param name="Instance">Its name.</param>
/// <param name="Life"><c>live</c>, or <c>missed</c> when it has not been heard of for two seconds.</param>
/// <param name="Version">Of the program.</param>
/// <param name="Host">Machine or container.</param>
/// <param name="ProcessId">Its process there.</param>
/// <param name="Started">ms since the Unix epoch.</param>
/// <param name="HeardMsAgo">How long ago it was heard of.</param>
/// <param name="Partitions">That fall to it.</param>
/// <param name="Live">Of these, the ones that it works on and that have caught up.</param>
/// <param name="LagSeconds">How far its work is behind the log.</param>
/// <param name="Messages">Since its start: worked on; of a producer, sent; of a gateway, delivered.</param>
/// <param name="MessagesPerSecond">Over the last five seconds.</param>
/// <param name="Streams">That it works on, sends, or relays.</param>
/// <param name="Viewers">Of a gateway.</param>
internal sealed record ReplicaState(
    string Instance, string Life, string Version, string Host, int ProcessId, double Started, double HeardMsAgo,
    IReadOnlyList<int> Partitions, IReadOnlyList<int> Live, double LagSeconds, long Messages, double MessagesPerSecond, int Streams, int Viewers);

internal static class SystemApi
{
    public static RouteGroupBuilder MapSystem(this RouteGroupBuilder api)
    {
        api.MapGet("/system", Tell).WithSummary("The replicas of all services, as this gateway hears of them.").Produces<SystemState>();
        return api;
    }

    private static JsonHttpResult<SystemState> Tell(
        ClusterView cluster, INatsConnection nats, ServiceIdentity identity, TimeProvider time)
    {
        var services = cluster.Snapshot().GroupBy(r => r.Status.Service, StringComparer.Ordinal)
            .Select(g => new ServiceState(g.Key, [.. g.Select(Describe)]));
        var server = new NatsState(Answers.NatsWord(nats.ConnectionState), nats.ServerInfo?.Version);
        var state = new SystemState(EventTime.Milliseconds(EventTime.Of(time.GetUtcNow())), identity.Instance, server, Partition.Count, [.. services]);
        return TypedResults.Json(state, SystemJson.Default.SystemState);
    }

    private static ReplicaState Describe(ReplicaView replica)
    {
        var status = replica.Status;
        return new ReplicaState(
            status.Instance, replica.IsMissed ? "missed" : "live", status.Version, status.Host, status.ProcessId,
            EventTime.Milliseconds(status.StartedNs), Math.Round(replica.HeardAgo.TotalMilliseconds), status.Partitions, status.Live,
            Math.Round(status.LagSeconds, 3), status.Messages, Math.Round(replica.MessagesPerSecond, 1), status.Streams, status.Viewers);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SystemState))]
internal sealed partial class SystemJson : JsonSerializerContext;
