using SignalStream.TestKit;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.IntegrationTests.EndToEnd;

/// <summary>All services as processes of their own, from a record to a viewer.</summary>
[Collection(nameof(EndToEndGroup))]
public sealed class WholeWayTests
{
    private const int Seconds = 60;
    private const int Speed = 10;

    [SkippableFact]
    public async Task Record_ReplayedThroughAllServices_ReachesTheViewerWithItsBeats()
    {
        using var recording = Recording.Of("115");
        await using var system = await RunningSystem.StartAsync();
        await system.AddAsync("processor");
        await system.AddAsync("predictor");
        var gateway = await system.AddAsync("gateway");
        await using var viewer = await ViewerClient.ConnectAsync(gateway.Address);
        await viewer.SubscribeAsync("ecg.*");
        await system.AddAsync("producer", Replay(recording));

        await Eventually.TrueAsync(() => LastSample(viewer) > Seconds * recording.RateHz, TimeSpan.FromSeconds(60));
        await Eventually.TrueAsync(() => viewer.Events.Any(e => e.Beat is not null && e.Index > (Seconds - 2) * recording.RateHz));

        AssertWhole(viewer);
        AssertBeats(viewer, recording);
        Assert.Contains(viewer.Events, e => e.HeartRate is { Bpm: > 50 and < 110 });
        Assert.Contains(viewer.Events, e => e.Forecast is { Target: "rr_ms" } f && f.Intervals.Count == 3);
    }

    [SkippableFact]
    public async Task Services_StartedBeforeTheServer_WaitForItAndWork()
    {
        await using var system = await RunningSystem.StartAsync();
        await system.Nats.KillAsync();
        var gateway = await system.AddStartingAsync("gateway");
        var processor = await system.AddStartingAsync("processor");
        var producer = await system.AddStartingAsync("producer");
        foreach (var service in new[] { gateway, processor, producer })
        {
            Assert.False((await service.GetAsync("/health/ready")).Ready);
            Assert.True((await service.GetAsync("/health/live")).Ready);
        }

        await system.Nats.StartAgainAsync();
        foreach (var service in new[] { gateway, processor, producer })
            await service.ReadyAsync();
        await using var viewer = await ViewerClient.ConnectAsync(gateway.Address);
        await viewer.SubscribeAsync("ecg.*");
        await Eventually.TrueAsync(() => viewer.Samples.Count > 20);
        await Eventually.TrueAsync(() => viewer.Events.Any(e => e.Beat is not null), TimeSpan.FromSeconds(60));
    }

    [SkippableFact]
    public async Task NatsServer_KilledInTheMiddle_EverythingGoesOnByItself()
    {
        await using var system = await RunningSystem.StartAsync();
        var processor = await system.AddAsync("processor");
        var predictor = await system.AddAsync("predictor");
        var gateway = await system.AddAsync("gateway");
        var producer = await system.AddAsync("producer");
        await using var viewer = await ViewerClient.ConnectAsync(gateway.Address);
        await viewer.SubscribeAsync("ecg.*");
        await Eventually.TrueAsync(() => viewer.Events.Count(e => e.Beat is not null) > 5, TimeSpan.FromSeconds(60));

        await system.Nats.KillAsync();
        await Eventually.TrueAsync(async () => !(await gateway.GetAsync("/health/ready")).Ready);
        await system.Nats.StartAgainAsync();

        var (samples, beats) = (viewer.Samples.Count, viewer.Events.Count(e => e.Beat is not null));
        await Eventually.TrueAsync(() => viewer.Samples.Count > samples + 50, TimeSpan.FromSeconds(60));
        await Eventually.TrueAsync(() => viewer.Events.Count(e => e.Beat is not null) > beats + 5, TimeSpan.FromSeconds(60));
        foreach (var service in new[] { processor, predictor, gateway, producer })
        {
            Assert.Null(service.ExitCode);
            await service.ReadyAsync();
        }
    }

    [SkippableFact]
    public async Task ThreeProcessors_ShareTheStreams_EachBeatIsFoundOnce()
    {
        await using var system = await RunningSystem.StartAsync();
        ServiceProcess[] processors =
            [await system.AddAsync("processor"), await system.AddAsync("processor"), await system.AddAsync("processor")];
        await Eventually.TrueAsync(async () => await OwnedAsync(processors) is [> 0, > 0, > 0] owned && owned.Sum() == 64);
        var gateway = await system.AddAsync("gateway");
        await using var viewer = await ViewerClient.ConnectAsync(gateway.Address);
        await viewer.SubscribeAsync("ecg.*");
        await system.AddAsync("producer", "Ecg:Beds=12");

        await Eventually.TrueAsync(
            () => viewer.Events.Where(e => e.Beat is not null).GroupBy(e => e.Stream).Count(g => g.Count() > 8) == 12, TimeSpan.FromSeconds(60));
        foreach (var stream in viewer.Events.Where(e => e.Beat is not null).GroupBy(e => e.Stream))
        {
            var peaks = stream.Select(e => (long)e.Index).ToList();
            // Found by two, a beat would stand twice within a few samples.
            Assert.All(peaks.Zip(peaks.Skip(1)), pair => Assert.True(pair.Second - pair.First > 50, $"{stream.Key}: {pair}"));
        }

        var working = await Task.WhenAll(processors.Select(p => p.MetricAsync("signalstream_partition_streams{capability=\"heart\"}")));
        Assert.Equal(12, working.Sum());
    }

    [SkippableFact]
    public async Task Services_ToldToStop_EndWithinTenSecondsAndTheStreamsAreEnded()
    {
        await using var system = await RunningSystem.StartAsync();
        var processor = await system.AddAsync("processor");
        var predictor = await system.AddAsync("predictor");
        var gateway = await system.AddAsync("gateway");
        var producer = await system.AddAsync("producer");
        await using var viewer = await ViewerClient.ConnectAsync(gateway.Address);
        await viewer.SubscribeAsync("ecg.*");
        await Eventually.TrueAsync(() => viewer.Events.Any(e => e.Beat is not null), TimeSpan.FromSeconds(60));

        Assert.Equal(0, await StopInTimeAsync(producer));
        await Eventually.TrueAsync(async () =>
            (await gateway.GetAsync("/api/v1/streams")).Text.Split("\"ended\"").Length - 1 == 2);
        Assert.Equal(0, await StopInTimeAsync(processor));
        Assert.Equal(0, await StopInTimeAsync(predictor));
        Assert.Equal(0, await StopInTimeAsync(gateway));
        await Eventually.TrueAsync(() => (int?)viewer.CloseStatus == 1001);
    }

    private static async Task<int> StopInTimeAsync(ServiceProcess service)
    {
        var clock = TimeProvider.System;
        var told = clock.GetTimestamp();
        var code = await service.StopAsync();
        Assert.True(clock.GetElapsedTime(told) < TimeSpan.FromSeconds(12), $"{service.Name} took {clock.GetElapsedTime(told)}");
        return code;
    }

    private static async Task<double[]> OwnedAsync(ServiceProcess[] processors) =>
        await Task.WhenAll(processors.Select(p => p.MetricAsync("signalstream_partitions_owned{capability=\"heart\"}")));

    private static string[] Replay(Recording recording) =>
    [
        "Ecg:Streams:0:Id=replay", "Ecg:Streams:0:Source=Wfdb", $"Ecg:Streams:0:Record={recording.Path}",
        $"Ecg:Streams:0:Speed={Speed}", "Ecg:Streams:0:Loop=false",
    ];

    private static double LastSample(ViewerClient viewer) =>
        viewer.Samples is [.., var last] ? last.Header.First + (ulong)last.Header.Count : 0;

    /// <summary>Every sample once and in order, from the first one that came.</summary>
    private static void AssertWhole(ViewerClient viewer)
    {
        var samples = viewer.Samples;
        foreach (var (earlier, later) in samples.Zip(samples.Skip(1)))
            Assert.Equal(earlier.Header.First + (ulong)earlier.Header.Count, later.Header.First);
    }

    /// <summary>Beats of the annotations are found within 150 ms, and hardly any others.</summary>
    private static void AssertBeats(ViewerClient viewer, Recording recording)
    {
        var window = 0.15 * recording.RateHz;
        var until = (Seconds - 2) * recording.RateHz;
        var found = viewer.Events.Where(e => e.BodyCase == V1.Event.BodyOneofCase.Beat)
            .Select(e => (double)e.Index).Where(i => i < until).ToList();
        var annotated = recording.Beats.Select(b => (double)b).Where(b => b < until).ToList();
        Assert.True(annotated.Count > 40);
        var hit = annotated.Count(b => found.Exists(f => Math.Abs(f - b) <= window));
        var right = found.Count(f => annotated.Exists(b => Math.Abs(f - b) <= window));
        Assert.True(hit >= 0.97 * annotated.Count, $"{hit} of {annotated.Count} beats found");
        Assert.True(right >= 0.97 * found.Count, $"{right} of {found.Count} found are beats");
    }
}

/// <summary>One after the other: each starts a handful of processes.</summary>
[CollectionDefinition(nameof(EndToEndGroup))]
public sealed class EndToEndGroup;
