using System.Text;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.KeyValueStore;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Catalog;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;

namespace SignalStream.IntegrationTests.Rules;

/// <summary>A detector's hand on the log of findings, and a user's on the gateway.</summary>
internal sealed class Findings(string natsUrl) : IAsyncDisposable
{
    private readonly NatsConnection _nats = new(NatsOpts.Default with { Url = natsUrl });
    private readonly HttpClient _http = new();
    private ulong _index;

    /// <summary>Puts streams into the catalog, as their producer does.</summary>
    public async Task AddAsync(params StreamId[] streams)
    {
        var catalog = new CatalogWriter(_nats, "test", TimeProvider.System);
        foreach (var stream in streams)
            await catalog.PutAsync(new CatalogEntry(stream, $"Label of {stream.Id}", "mV", 250) { Simulated = true, Epoch = 1, Life = Life.Live }, default);
    }

    /// <summary>A heart rate a stream, stored.</summary>
    public async Task TellAsync(double bpm, params StreamId[] streams)
    {
        var log = new NatsJSContext(_nats);
        var now = EventTime.Of(TimeProvider.System.GetUtcNow());
        _index++;
        foreach (var stream in streams)
        {
            var rate = new HeartRateEvent(new EventPlace(stream, 1, _index, now), "rate/1", bpm, bpm, 8, 1, null);
            (await log.PublishAsync(Subjects.Of(SignalType.Finding, stream), EventCodec.Encode(rate))).EnsureSuccess();
        }
    }

    /// <summary>An alert, raised and cleared, stored.</summary>
    /// <returns>What a receiver is to be told.</returns>
    public async Task<List<(string Fingerprint, string Status)>> AlertAsync(StreamId stream, int number)
    {
        var told = new List<(string, string)>();
        var log = new NatsJSContext(_nats);
        foreach (var state in (AlertState[])[AlertState.Raised, AlertState.Cleared])
        {
            var isOver = state == AlertState.Cleared;
            var place = new EventPlace(stream, 1, (ulong)((2 * number) + (isOver ? 1 : 0)), number);
            var alert = new AlertEvent(place, "test/1", "loss", state, AlertSeverity.Medium, number + 1, isOver ? number + 2 : null, "as asked");
            (await log.PublishAsync(Subjects.Of(SignalType.Alert, stream), EventCodec.Encode(alert))).EnsureSuccess();
            told.Add((alert.Fingerprint, isOver ? "resolved" : "firing"));
        }

        return told;
    }

    public async Task<bool> HasKeyAsync(string bucket, string key)
    {
        var store = await new NatsKVContext(new NatsJSContext(_nats)).GetStoreAsync(bucket);
        return (await store.TryGetEntryAsync<byte[]>(key)).Success;
    }

    /// <summary>Every alert that the log has, until it has had nothing more for a while.</summary>
    public async Task<List<AlertEvent>> AlertsAsync()
    {
        var found = new List<AlertEvent>();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        var log = new EventLog(_nats, TimeProvider.System).ReadAsync(
            SignalType.Alert, null, DateTimeOffset.UnixEpoch, (s, e) => Assert.Fail($"{s}: {e}"), _ => { }, patience.Token);
        await foreach (var logged in log)
        {
            found.Add((AlertEvent)logged.Event);
            patience.CancelAfter(TimeSpan.FromSeconds(2));
        }

        return found;
    }

    /// <summary>Asks a gateway and takes no for no answer.</summary>
    public async Task<string> AskAsync(HttpMethod method, Uri gateway, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(gateway, $"/api/v1/{path}"));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _nats.DisposeAsync();
    }
}
