using System.Text.Json;
using SignalStream.Contracts.V1;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Gateway;

public class SystemApiTests(NatsFixture nats) : IClassFixture<NatsFixture>
{
    [SkippableFact]
    public async Task System_OfAGateway_HasItsViewersAndDeliveries()
    {
        await using var gateway = await StartAsync();
        var stream = await gateway.AddStreamAsync("ecg.system");
        await using var viewer = await TestViewer.SubscribedAsync(gateway, "ecg.system");
        await gateway.PublishUntilReceivedAsync(stream, viewer);
        var own = default(JsonElement);
        await Eventually.TrueAsync(async () =>
        {
            var system = await SystemAsync(gateway);
            own = Replicas(system, "gateway").SingleOrDefault(r => Text(r, "instance") == Text(system, "gateway"));
            return own.ValueKind == JsonValueKind.Object && own.GetProperty("messages").GetInt64() > 0 && own.GetProperty("viewers").GetInt32() == 1;
        });
        Assert.Equal(("live", Environment.ProcessId, 1), (Text(own, "life"), own.GetProperty("processId").GetInt32(), own.GetProperty("streams").GetInt32()));
        Assert.Equal(0, own.GetProperty("partitions").GetArrayLength());
    }

    [SkippableFact]
    public async Task System_AReplicaAnnouncesAndFallsSilent_IsShownAndThenMissed()
    {
        await using var gateway = await StartAsync();
        var replica = new Announcement { Service = "processor", Instance = "ward-1", Host = "ward", LagSeconds = 0.25f, Streams = 3, Version = "1.2.3" };
        replica.Partitions.AddRange([1, 2, 3]);
        replica.Live.AddRange([1, 2]);
        var shown = default(JsonElement);
        await Eventually.TrueAsync(async () =>
        {
            await gateway.AnnounceAsync(replica);
            shown = Replicas(await SystemAsync(gateway), "processor").FirstOrDefault();
            return shown.ValueKind == JsonValueKind.Object;
        });
        Assert.Equal(
            ("ward-1", "ward", "1.2.3", 0.25, "[1,2,3]", "[1,2]"),
            (Text(shown, "instance"), Text(shown, "host"), Text(shown, "version"), shown.GetProperty("lagSeconds").GetDouble(),
                shown.GetProperty("partitions").GetRawText(), shown.GetProperty("live").GetRawText()));
        await Eventually.TrueAsync(async () => Text(Replicas(await SystemAsync(gateway), "processor").Single(), "life") == "missed");
    }

    private static async Task<JsonElement> SystemAsync(GatewayHost gateway)
    {
        var (status, text, _) = await gateway.GetAsync("/api/v1/system");
        Assert.Equal(200, status);
        return JsonDocument.Parse(text).RootElement;
    }

    private static IEnumerable<JsonElement> Replicas(JsonElement system, string service) => system.GetProperty("services").EnumerateArray()
        .Where(s => Text(s, "service") == service).SelectMany(s => s.GetProperty("replicas").EnumerateArray());

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private async Task<GatewayHost> StartAsync() => await GatewayHost.StartAsync((await nats.ServerAsync()).Url);
}
