using System.Globalization;
using NATS.Client.Core;
using SignalStream.Benchmarks.WholeWay;
using SignalStream.Contracts;
using SignalStream.Formats.Wfdb;
using SignalStream.Messaging;
using SignalStream.Messaging.Catalog;
using SignalStream.Processes;
using SignalStream.TestKit;

namespace SignalStream.Benchmarks.Relay;

/// <summary><c>make load</c>: streams into NATS and viewers at a gateway, counted and timed.</summary>
internal static class Load
{
    public const double FramesPerSecond = 25;

    private static readonly DateTime UnixEpoch = DateTime.UnixEpoch;

    /// <summary>The wall clock, which is the same for who publishes and who views.</summary>
    public static long NowNs() => (DateTime.UtcNow - UnixEpoch).Ticks * 100;

    public static string SubjectOf(string stream) => Subjects.Of(SignalType.Wave, StreamId.Parse(stream));

    public static string[] Names(int streams) => [.. Enumerable.Range(1, streams).Select(i => $"load.s-{i}")];

    public static async Task<int> RunAsync(string[] args)
    {
        var settings = new LoadSettings(args);
        var streams = Names(settings.Number("streams", 100));
        await using var own = settings.Has("gateway") ? null : await RunningSystem.StartAsync();
        var gateway = own is null ? null : await own.AddAsync("gateway", Peers.GatewaySettings);
        var nats = own?.Nats.Url ?? settings.Text("nats", "nats://127.0.0.1:4222");
        var address = gateway?.Address ?? new Uri(settings.Text("gateway", ""));
        await using var catalog = await LoadCatalog.RegisterAsync(nats, streams);
        await LoadCatalog.SeenAsync(address, streams[^1]);

        await using var reports = await LoadReports.ListenAsync(nats, settings.Text("run", "load"));
        await using var parts = await StartPartsAsync(settings, address, nats, reports);
        using var fleet = ViewerFleet.Connect(LoadPart.EndPointOf(address), settings.Dialect, streams, Share(settings, 0));
        using var publisher = new FramePublisher(
            nats, streams, FramesPerSecond, settings.Number("burst", 1), settings.Number("frame", FramePublisher.SmallFrame),
            settings.Has("record") ? EcgOf(settings.Text("record", "")) : null);
        publisher.Start();
        await Task.Delay(TimeSpan.FromSeconds(3));
        await WatchAsync(() => Collect(fleet, reports), publisher, gateway?.ProcessId, settings.Number("seconds", 30));
        return 0;
    }

    /// <summary>The first lead of a record, mV.</summary>
    private static float[] EcgOf(string path)
    {
        using var record = WfdbRecord.Open(path);
        var all = new float[record.SampleCount * record.Channels];
        record.Read(all);
        return [.. Enumerable.Range(0, (int)record.SampleCount).Select(i => all[i * record.Channels])];
    }

    /// <summary>The viewers are shared out: this process is one of those asked for, the others report to it.</summary>
    private static async Task<Parts> StartPartsAsync(LoadSettings settings, Uri address, string nats, LoadReports reports)
    {
        var parts = new Parts();
        for (var part = 1; part < settings.Number("processes", 1); part++)
        {
            var first = part * Share(settings, part).Viewers * settings.Number("each", 1);
            parts.Add(LoadPart.Start(
                address, nats, settings.Text("run", "load"), settings.Number("streams", 100), Share(settings, part), settings.Text("hold", ""), settings.Text("compress", ""), first));
        }

        await reports.HeardAsync(parts.Count, TimeSpan.FromMinutes(1));
        return parts;
    }

    private static FleetShape Share(LoadSettings settings, int part)
    {
        var (processes, shape) = (settings.Number("processes", 1), settings.Shape);
        int Of(int all) => (all / processes) + (part < all % processes ? 1 : 0);
        return shape with { Viewers = Of(shape.Viewers), Slow = Of(shape.Slow), Frozen = Of(shape.Frozen) };
    }

    private static (LoadCounts Fast, LoadCounts Slow) Collect(ViewerFleet fleet, LoadReports reports)
    {
        var (fast, slow) = fleet.Collect();
        reports.AddTo(fast, slow);
        return (fast, slow);
    }

    private sealed class Parts : List<ChildProcess>, IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            foreach (var part in this)
                await part.DisposeAsync();
        }
    }

    private static async Task WatchAsync(Func<(LoadCounts Fast, LoadCounts Slow)> collect, FramePublisher publisher, int? pid, int seconds)
    {
        var (fast, slow) = (new LoadCounts(), new LoadCounts());
        collect();
        var published = publisher.Published;
        var before = pid is { } id ? ProcessCpu.Of(id) : default;
        Console.WriteLine("deliveries/s    p50 ms    p99 ms    told gaps  silent gaps  closed");
        for (var second = 0; second < seconds; second++)
        {
            await Task.Delay(TimeSpan.FromSeconds(1));
            var seen = collect();
            Line(seen.Fast);
            fast.Add(seen.Fast);
            slow.Add(seen.Slow);
        }

        Console.WriteLine("in all:");
        Line(fast);
        if (slow.Delivered + slow.Thinned + slow.Closed > 0)
        {
            Console.WriteLine("of these that read slowly or not at all:");
            Line(slow);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"published {publisher.Published - published}, repeats {fast.Repeats}, unreadable {fast.Bad}, {(double)fast.Bytes / Math.Max(1, fast.Delivered):F1} bytes a delivery, envelopes {fast.Thinned} to those that read at once, {slow.Thinned} to the slow"));
        if (pid is { } process)
        {
            var after = ProcessCpu.Of(process);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"gateway: {fast.Delivered / (after.Seconds - before.Seconds) / 1e3:F0} k deliveries a CPU-second, {(after.Seconds - before.Seconds) / seconds:P0} of a core, {after.ResidentBytes / 1048576.0:F0} MiB resident"));
        }
    }

    private static void Line(LoadCounts seen) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{seen.Delivered,12} {seen.Delays.Milliseconds(.5),9:F2} {seen.Delays.Milliseconds(.99),9:F2} {seen.ToldGaps,12} {seen.SilentGaps,12} {seen.Closed,7}"));
}

/// <summary>The load's streams in the catalog, kept alive while it runs.</summary>
internal sealed class LoadCatalog : IAsyncDisposable
{
    private readonly NatsConnection _connection;
    private readonly CatalogWriter _writer;
    private readonly PeriodicTimer _timer = new(CatalogWriter.LeaseInterval);
    private Task _renewing = Task.CompletedTask;

    private LoadCatalog(string natsUrl)
    {
        _connection = new NatsConnection(NatsOpts.Default with { Url = natsUrl });
        _writer = new CatalogWriter(_connection, "load", TimeProvider.System);
    }

    public static async Task<LoadCatalog> RegisterAsync(string natsUrl, IReadOnlyList<string> streams)
    {
        var catalog = new LoadCatalog(natsUrl);
        await catalog._writer.RenewLeaseAsync(default);
        foreach (var stream in streams)
        {
            await catalog._writer.PutAsync(
                new CatalogEntry(StreamId.Parse(stream), stream, "mV", 100)
                {
                    Channels = [new CatalogChannel("load", 0, 1)],
                    Source = "load",
                    Simulated = true,
                    Life = Life.Live,
                    Epoch = 1,
                },
                default);
        }

        catalog._renewing = catalog.RenewAsync();
        return catalog;
    }

    /// <summary>Waits until a gateway knows a stream.</summary>
    public static async Task SeenAsync(Uri gateway, string stream)
    {
        using var http = new HttpClient { BaseAddress = gateway };
        await Eventually.TrueAsync(async () => (await http.GetAsync(new Uri($"/api/v1/streams/{stream}", UriKind.Relative))).IsSuccessStatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        _timer.Dispose();
        await _renewing;
        await _writer.EndLeaseAsync(default);
        await _connection.DisposeAsync();
    }

    private async Task RenewAsync()
    {
        while (await _timer.WaitForNextTickAsync())
            await _writer.RenewLeaseAsync(default);
    }
}
