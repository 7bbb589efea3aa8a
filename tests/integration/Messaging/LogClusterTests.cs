using System.Globalization;
using System.Text.Json;
using NATS.Client.Core;
using NATS.Client.JetStream;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Logs;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Messaging;

/// <summary>The logs kept three times, by <c>deploy/nats/cluster</c>.</summary>
public class LogClusterTests
{
    private const int Half = 200;

    private static readonly string Log = LogDefinitions.NameOf(SignalType.Finding);
    private static readonly string Subject = Subjects.Of(SignalType.Finding, new StreamId("ecg", "cluster"));
    private static readonly LogOptions Options = new()
    {
        Replicas = 3,
        WavesMegabytes = 16,
        ReadingsMegabytes = 16,
        FindingsMegabytes = 16,
        ForecastsMegabytes = 16,
        AlertsMegabytes = 16,
        RejectedMegabytes = 16,
    };

    [SkippableFact]
    public async Task Publish_TheLogsLeaderIsKilled_GoesOnAndEachIsStoredOnce()
    {
        await using var cluster = await NatsCluster.StartAsync();
        await using var connection = new NatsConnection(NatsOpts.Default with { Url = cluster.Url, ReconnectWaitMax = TimeSpan.FromMilliseconds(200) });
        await Eventually.TrueAsync(async () => (await EnsureAsync(connection)) is { Count: 0 });
        var jetStream = new NatsJSContext(connection);

        var acknowledged = new List<ulong>();
        for (var i = 0; i < Half; i++)
            acknowledged.Add(await PublishAsync(jetStream, i));
        await cluster.KillAsync(await LeaderAsync(connection));
        for (var i = Half; i < 2 * Half; i++)
            acknowledged.Add(await PublishAsync(jetStream, i));

        Assert.Equal(Enumerable.Range(1, 2 * Half).Select(i => (ulong)i), acknowledged);
        var kept = (await jetStream.GetStreamAsync(Log)).Info;
        Assert.Equal((2L * Half, 3), (kept.State.Messages, kept.Config.NumReplicas));
    }

    [SkippableFact]
    public async Task Ensure_ThreeReplicasOnAServerBefore211_IsRefused()
    {
        await using var server = await NatsServer.StartAsync();
        await using var connection = new NatsConnection(server.ClientOptions);
        await connection.ConnectAsync();
        var version = Version.Parse(connection.ServerInfo!.Version.Split('-')[0]);
        Skip.If(version >= new Version(2, 11), $"nats-server is {version}, which may.");
        var refused = await Assert.ThrowsAsync<LogStoreException>(() => new LogStore(connection, Options).EnsureAsync());
        Assert.Contains("Logs:Replicas is 3", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Null as long as the servers have not found each other.</summary>
    private static async Task<IReadOnlyList<string>?> EnsureAsync(NatsConnection connection)
    {
        try
        {
            return await new LogStore(connection, Options).EnsureAsync();
        }
        catch (Exception exception) when (exception is NatsException or TimeoutException or OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>By an id, so that it can be tried until it is acknowledged.</summary>
    private static async Task<ulong> PublishAsync(NatsJSContext jetStream, int number)
    {
        var options = new NatsJSPubOpts { MsgId = string.Create(CultureInfo.InvariantCulture, $"cluster/{number}") };
        ulong? stored = null;
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                stored = (await jetStream.PublishAsync(Subject, BitConverter.GetBytes(number), opts: options)).Seq;
            }
            catch (Exception exception) when (exception is NatsException or TimeoutException or OperationCanceledException)
            {
                // No leader for a moment.
            }

            return stored is not null;
        });
        return stored!.Value;
    }

    private static async Task<string> LeaderAsync(NatsConnection connection)
    {
        var answer = await connection.RequestAsync<byte[], byte[]>($"$JS.API.STREAM.INFO.{Log}", []);
        return JsonDocument.Parse(answer.Data!).RootElement.GetProperty("cluster").GetProperty("leader").GetString()!;
    }
}
