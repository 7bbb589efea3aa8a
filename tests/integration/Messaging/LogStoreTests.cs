using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SignalStream.Messaging.Logs;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Messaging;

/// <summary>The logs and buckets as a server has them.</summary>
public sealed class LogStoreTests
{
    private static readonly LogOptions Small = new() { WavesMegabytes = 8, ReadingsMegabytes = 8, FindingsMegabytes = 8, ForecastsMegabytes = 8 };

    [SkippableTheory]
    [InlineData("FINDINGS", "signal.finding.>")]
    [InlineData("KV_state", "$KV.state.>")]
    public async Task EnsureAsync_OneIsInMemory_IsRefusedByName(string name, string subject)
    {
        await using var server = await NatsServer.StartAsync();
        await using var nats = new NatsConnection(server.ClientOptions);
        await new NatsJSContext(nats).CreateStreamAsync(
            new StreamConfig(name, [subject]) { Storage = StreamConfigStorage.Memory, MaxMsgsPerSubject = 8 });
        var refused = await Assert.ThrowsAsync<LogStoreException>(() => new LogStore(nats, Small).EnsureAsync());
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
        Assert.Contains("memory", refused.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task EnsureAsync_Again_ChangesNothing()
    {
        await using var server = await NatsServer.StartAsync();
        await using var nats = new NatsConnection(server.ClientOptions);
        await new LogStore(nats, Small).EnsureAsync();
        var state = (await new NatsJSContext(nats).GetStreamAsync("KV_state")).Info;
        Assert.Equal((StreamConfigStorage.File, 8, 1), (state.Config.Storage, state.Config.MaxMsgsPerSubject, state.Config.NumReplicas));
        await new LogStore(nats, Small).EnsureAsync();
        await server.RestartAsync();
        await using var again = new NatsConnection(server.ClientOptions);
        Assert.Equal(state.Created, (await new NatsJSContext(again).GetStreamAsync("KV_state")).Info.Created);
    }

    [SkippableFact]
    public async Task EnsureAsync_ThreeReplicasOnAnOldServer_AreRefused()
    {
        await using var server = await NatsServer.StartAsync();
        await using var nats = new NatsConnection(server.ClientOptions);
        await nats.ConnectAsync();
        Skip.IfNot(Version.Parse(nats.ServerInfo!.Version.Split('-')[0]) < new Version(2, 11), "The nats-server is not older than 2.11.");
        var refused = await Assert.ThrowsAsync<LogStoreException>(() => new LogStore(nats, new LogOptions { Replicas = 3 }).EnsureAsync());
        Assert.Contains("2.11", refused.Message, StringComparison.Ordinal);
    }
}
