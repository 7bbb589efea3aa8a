using System.Globalization;
using System.Text.Json;
using SignalStream.Terminal.Events;
using SignalStream.Terminal.Gateway;

namespace SignalStream.Terminal.Screen;

/// <summary>What a gateway says on being asked, as tables.</summary>
internal sealed class Reports(GatewayAddress address)
{
    /// <summary>The replicas of all services.</summary>
    public async Task<Sheet> StatusAsync(CancellationToken cancellationToken)
    {
        using var api = new GatewayApi(address);
        return Status(await api.GetAsync("system", cancellationToken));
    }

    /// <summary>The streams, and how the forecasts of each have come true.</summary>
    public async Task<Sheet> StatsAsync(IReadOnlyList<StreamPattern> patterns, CancellationToken cancellationToken)
    {
        using var api = new GatewayApi(address);
        var streams = await api.GetAsync("streams", cancellationToken);
        return Stats(streams, await api.GetAsync("analytics", cancellationToken), patterns);
    }

    internal static Sheet Status(JsonElement system)
    {
        var nats = system.GetProperty("nats");
        var rows = new List<IReadOnlyList<string>>
        {
            new[] { "nats", nats.GetProperty("server").GetString() ?? "", nats.GetProperty("state").GetString()!, "", "", "", "" },
        };
        foreach (var service in system.GetProperty("services").EnumerateArray())
        {
            foreach (var replica in service.GetProperty("replicas").EnumerateArray())
                rows.Add(Replica(service.GetProperty("service").GetString()!, replica));
        }

        return new Sheet(["service", "instance", "life", "partitions", "streams", "messages/s", "lag s"], rows);
    }

    internal static Sheet Stats(JsonElement streams, JsonElement analytics, IReadOnlyList<StreamPattern> patterns)
    {
        var models = analytics.GetProperty("streams").EnumerateArray()
            .ToDictionary(s => s.GetProperty("stream").GetString()!, s => s.GetProperty("models").EnumerateArray().ToArray());
        var rows = new List<IReadOnlyList<string>>();
        foreach (var stream in streams.GetProperty("streams").EnumerateArray())
        {
            var name = stream.GetProperty("stream").GetString()!;
            if (!patterns.Any(p => p.Matches(name)))
                continue;
            string[] about = [name, stream.GetProperty("life").GetString()!, Number(stream, "rateHz", "0.###")];
            var records = models.GetValueOrDefault(name, []).SelectMany(Horizons).ToArray();
            rows.AddRange(records.Length == 0 ? [[.. about, "", "", "", "", "", ""]] : records.Select(r => (IReadOnlyList<string>)[.. about, .. r]));
        }

        return new Sheet(["stream", "life", "rate Hz", "model", "steps", "outcomes", "skill", "cover 80", "hit rate"], rows);
    }

    private static string[] Replica(string service, JsonElement replica) =>
    [
        service, replica.GetProperty("instance").GetString()!, replica.GetProperty("life").GetString()!,
        $"{replica.GetProperty("live").GetArrayLength()}/{replica.GetProperty("partitions").GetArrayLength()}",
        Number(replica, "streams", "0"), Number(replica, "messagesPerSecond", "0.0"), Number(replica, "lagSeconds", "0.0"),
    ];

    private static IEnumerable<string[]> Horizons(JsonElement model) => model.GetProperty("horizons").EnumerateArray().Select(h => new[]
    {
        model.GetProperty("model").GetString() + (model.GetProperty("shown").GetBoolean() ? " (shown)" : ""),
        Number(h, "steps", "0"), Number(h, "outcomes", "0"), Number(h, "skill", "0.000"), Number(h, "covered80", "0.000"), Number(h, "hitRate", "0.000"),
    });

    private static string Number(JsonElement parent, string name, string format) =>
        parent.GetProperty(name) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble().ToString(format, CultureInfo.InvariantCulture) : "-";
}
