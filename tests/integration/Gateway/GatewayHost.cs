using System.Globalization;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using NATS.Client.Core;
using SignalStream.Contracts;
using SignalStream.Gateway;
using SignalStream.Messaging;
using SignalStream.Messaging.Catalog;
using SignalStream.Messaging.Codec;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Gateway;

/// <summary>A gateway in this process on a free port, and a producer's and a processor's hand on the bus.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly NatsConnection _bus;
    private readonly CatalogWriter _catalog;
    private readonly HttpClient _http;

    private GatewayHost(WebApplication app, string natsUrl)
    {
        _app = app;
        Address = new Uri(app.Urls.First(u => u.StartsWith("http:", StringComparison.Ordinal)));
        TlsAddress = app.Urls.FirstOrDefault(u => u.StartsWith("https:", StringComparison.Ordinal)) is { } tls ? new Uri(tls) : null;
        _http = new HttpClient { BaseAddress = Address };
        _bus = new NatsConnection(NatsOpts.Default with { Url = natsUrl });
        _catalog = new CatalogWriter(_bus, "test", TimeProvider.System);
    }

    public Uri Address { get; }

    /// <summary>When the settings have such an endpoint.</summary>
    public Uri? TlsAddress { get; }

    public static Task<GatewayHost> StartAsync(string natsUrl, params string[] settings) => StartAsync(natsUrl, _ => { }, settings);

    /// <param name="natsUrl">Its server.</param>
    /// <param name="map">Adds endpoints.</param>
    /// <param name="settings">As on the command line, without the dashes.</param>
    public static async Task<GatewayHost> StartAsync(string natsUrl, Action<WebApplication> map, params string[] settings)
    {
        var app = GatewayApp.Build(
        [
            "--Urls=http://127.0.0.1:0", $"--Nats:Url={natsUrl}", "--Logging:LogLevel:Default=Warning", .. settings.Select(s => $"--{s}"),
        ]);
        map(app);
        await app.StartAsync();
        var host = new GatewayHost(app, natsUrl);
        await Eventually.TrueAsync(async () => (await host._http.GetAsync(new Uri("/health/ready", UriKind.Relative))).IsSuccessStatusCode);
        return host;
    }

    /// <summary>Puts a live stream into the catalog and waits until the gateway knows it.</summary>
    public async Task<StreamId> AddStreamAsync(string name)
    {
        var stream = StreamId.Parse(name);
        await _catalog.RenewLeaseAsync(default);
        await _catalog.PutAsync(Entry(stream), default);
        await Eventually.TrueAsync(async () => (await GetAsync($"/api/v1/streams/{name}")).Status == 200);
        return stream;
    }

    /// <summary>Says that a stream is over.</summary>
    public Task EndStreamAsync(StreamId stream) => _catalog.PutAsync(Entry(stream) with { Life = Life.Ended }, default);

    public ValueTask PublishAsync(StreamId stream, byte[] frame) => _bus.PublishAsync(Subjects.Of(SignalType.Wave, stream), frame);

    public ValueTask PublishAsync(SignalEvent happened) =>
        _bus.PublishAsync(Subjects.Of(SignalType.Finding, happened.Place.Stream), EventCodec.Encode(happened));

    /// <summary>Says what a replica of another service would.</summary>
    public ValueTask AnnounceAsync(Contracts.V1.Announcement replica) => _bus.PublishAsync(Subjects.Cluster(replica.Service), replica.ToByteArray());

    /// <summary>Publishes one frame again and again, in order, until the viewer gets one: the subscription is made meanwhile.</summary>
    /// <returns>The first sample behind the last frame that was published.</returns>
    public async Task<ulong> PublishUntilReceivedAsync(StreamId stream, TestViewer viewer, ulong first = 0)
    {
        var before = viewer.Frames.Count;
        await Eventually.TrueAsync(async () =>
        {
            if (viewer.Frames.Count > before)
                return true;
            await PublishAsync(stream, Frames.Wave(first));
            first += Frames.Samples;
            return false;
        });
        return first;
    }

    public async Task<(int Status, string Text, HttpResponseMessage Answer)> GetAsync(string path)
    {
        var answer = await _http.GetAsync(new Uri(path, UriKind.Relative));
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer);
    }

    /// <summary>A metric of the gateway; 0 when it is not there.</summary>
    public async Task<double> MetricAsync(string nameAndLabels)
    {
        var (_, text, _) = await GetAsync("/metrics");
        var line = text.Split('\n').FirstOrDefault(l => l.StartsWith(nameAndLabels + " ", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[(nameAndLabels.Length + 1)..], CultureInfo.InvariantCulture);
    }

    /// <summary>As at SIGTERM.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _bus.DisposeAsync();
        _http.Dispose();
        await _app.DisposeAsync();
    }

    private static CatalogEntry Entry(StreamId stream) => new(stream, $"Label of {stream.Id}", "mV", 250)
    {
        Channels = [new CatalogChannel("II", -2, 2)],
        Source = "test",
        Simulated = true,
        Epoch = Frames.Epoch,
        Life = Life.Live,
    };
}

/// <summary>Frames as a producer makes them.</summary>
internal static class Frames
{
    public const uint Epoch = 1_780_000_000;
    public const ulong Samples = 10;

    public static byte[] Wave(ulong first, int count = (int)Samples)
    {
        var frame = new byte[FrameHeader.Size + sizeof(float) * count];
        new FrameHeader(FrameKind.Samples, 0, count, 0, Epoch, 250, first, (long)first * 4_000_000).Write(frame);
        for (var i = 0; i < count; i++)
            BitConverter.TryWriteBytes(frame.AsSpan(FrameHeader.Size + sizeof(float) * i), (float)(first + (ulong)i));
        return frame;
    }

    public static HeartRateEvent Rate(StreamId stream, ulong index, double bpm) =>
        new(new EventPlace(stream, Epoch, index, (long)index * 4_000_000), "rate/1", bpm, bpm, 8, 1, null);
}
