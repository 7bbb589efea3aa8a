using System.Globalization;
using SignalStream.Contracts;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Gateway;

public class ResumeTests(NatsFixture nats) : IClassFixture<NatsFixture>
{
    [SkippableFact]
    public async Task Subscribe_FromTheLastSample_GetsWhatWasMissedAndThenWhatIsLive()
    {
        await using var gateway = await StartAsync();
        var stream = await gateway.AddStreamAsync("ecg.back");
        var next = await PublishAsync(gateway, stream, 0, 300);
        await using var viewer = await SubscribeAsync(gateway, "ecg.back", Place(1200));
        await viewer.WavesAsync(180);
        await PublishAsync(gateway, stream, next, 20);
        var waves = await viewer.WavesAsync(200);
        RelayTests.AssertContiguous(viewer.Frames, 1200, 3200);
        Assert.Equal(200, waves.Count);
    }

    [SkippableFact]
    public async Task Subscribe_WhileFramesFlow_JoinsWithoutGapOrRepeat()
    {
        await using var gateway = await StartAsync();
        var stream = await gateway.AddStreamAsync("ecg.flow");
        using var stop = new CancellationTokenSource();
        ulong next = 0;
        var flowing = Task.Run(async () =>
        {
            for (; !stop.IsCancellationRequested; next += Frames.Samples)
            {
                await gateway.PublishAsync(stream, Frames.Wave(next));
                await Task.Yield();
            }
        });
        await Eventually.TrueAsync(() => next > 20_000);
        for (var i = 0; i < 5; i++)
        {
            await using var viewer = await SubscribeAsync(gateway, "ecg.flow", Place(1000));
            await Eventually.TrueAsync(() => viewer.Frames.Count > 0 && End(viewer.Frames.Last()) > 30_000);
            var frames = viewer.Frames.ToArray();
            RelayTests.AssertContiguous(frames, 1000, End(frames[^1]));
        }

        await stop.CancelAsync();
        await flowing;
    }

    [SkippableFact]
    public async Task Subscribe_FromSecondsBack_BeginsThere()
    {
        await using var gateway = await StartAsync();
        var stream = await gateway.AddStreamAsync("ecg.seconds");
        await PublishAsync(gateway, stream, 0, 10);
        await using var viewer = await SubscribeAsync(gateway, "ecg.seconds", ",\"from\":-600");
        await viewer.WavesAsync(10);
        RelayTests.AssertContiguous(viewer.Frames, 0, 100);
    }

    [SkippableFact]
    public async Task Subscribe_FromAPlaceThatTheLogHasNotAnyMore_IsToldTheGap()
    {
        await using var gateway = await StartAsync();
        var stream = await gateway.AddStreamAsync("ecg.gone");
        var next = await PublishAsync(gateway, stream, 5000, 10);
        await using var viewer = await SubscribeAsync(gateway, "ecg.gone", Place(1000));
        await gateway.PublishAsync(stream, Frames.Wave(next));
        await viewer.WavesAsync(11);
        RelayTests.AssertContiguous(viewer.Frames, 1000, next + Frames.Samples);
        Assert.Equal((byte)FrameKind.Gap, viewer.Frames.First()[0]);
        Assert.Equal(3, viewer.Frames.First()[^1]);
    }

    [SkippableFact]
    public async Task Subscribe_AfterAnEvent_GetsTheLaterOnesOfTheLogOnce()
    {
        await using var gateway = await StartAsync();
        var stream = await gateway.AddStreamAsync("ecg.events");
        await using var first = await TestViewer.SubscribedAsync(gateway, "ecg.events");
        for (ulong i = 1; i <= 20; i++)
            await gateway.PublishAsync(Frames.Rate(stream, i * 250, 60 + i));
        await Eventually.TrueAsync(() => first.Frames.Count == 20);
        var sequences = first.Frames.Select(f => BitConverter.ToUInt64(f, 16)).ToList();

        await using var second = await SubscribeAsync(
            gateway, "ecg.events", string.Create(CultureInfo.InvariantCulture, $",\"after\":{{\"finding\":{sequences[11]}}}"));
        await Eventually.TrueAsync(() => second.Frames.Count >= 8);
        await gateway.PublishAsync(Frames.Rate(stream, 21 * 250, 90));
        await Eventually.TrueAsync(() => first.Frames.Count == 21 && second.Frames.Count >= 9);
        Assert.Equal(first.Frames.Skip(12), second.Frames);
    }

    [SkippableFact]
    public async Task Relay_HoleThatTheLogDoesNotFill_IsToldAndWhatCameBehindItFollows()
    {
        await using var gateway = await StartAsync("Relay:HealSeconds=1");
        var stream = await gateway.AddStreamAsync("ecg.hole");
        await using var viewer = await TestViewer.SubscribedAsync(gateway, "ecg.hole");
        var next = await gateway.PublishUntilReceivedAsync(stream, viewer);
        await PublishAsync(gateway, stream, next + 500, 3);
        await Eventually.TrueAsync(() => End(viewer.Frames.Last()) == next + 530);
        RelayTests.AssertContiguous(viewer.Frames, BitConverter.ToUInt64(viewer.Frames.First(), 16), next + 530);
        Assert.Equal(1, await gateway.MetricAsync("signalstream_gateway_holes_total{outcome=\"told\"}"));
    }

    [SkippableFact]
    public async Task Relay_StreamEndsWhileTheBusIsAway_ItsLastFramesComeFromTheLog()
    {
        var server = await nats.ServerAsync();
        await using var line = new FaultProxy(server.Port);
        await using var gateway = await GatewayHost.StartAsync(server.Url, $"Nats:Url={line.Url}");
        var stream = await gateway.AddStreamAsync("ecg.last");
        await using var viewer = await TestViewer.SubscribedAsync(gateway, "ecg.last");
        var next = await gateway.PublishUntilReceivedAsync(stream, viewer);
        line.Refuse = true;
        line.Cut();
        var end = await PublishAsync(gateway, stream, next, 5);
        line.Refuse = false;
        await Eventually.TrueAsync(() => End(viewer.Frames.Last()) == end);
        RelayTests.AssertContiguous(viewer.Frames, BitConverter.ToUInt64(viewer.Frames.First(), 16), end);
        Assert.DoesNotContain(viewer.Frames, f => f[0] == (byte)FrameKind.Gap);
    }

    [SkippableFact]
    public async Task Relay_FramesOutOfOrder_ArriveInOrder()
    {
        await using var gateway = await StartAsync();
        var stream = await gateway.AddStreamAsync("ecg.order");
        await using var viewer = await TestViewer.SubscribedAsync(gateway, "ecg.order");
        var next = await gateway.PublishUntilReceivedAsync(stream, viewer);
        foreach (var place in new ulong[] { 10, 20, 0, 10, 20, 30 })
            await gateway.PublishAsync(stream, Frames.Wave(next + place));
        await Eventually.TrueAsync(() => End(viewer.Frames.Last()) == next + 40);
        RelayTests.AssertContiguous(viewer.Frames, BitConverter.ToUInt64(viewer.Frames.First(), 16), next + 40);
        Assert.DoesNotContain(viewer.Frames, f => f[0] == (byte)FrameKind.Gap);
    }

    private static string Place(ulong first) =>
        string.Create(CultureInfo.InvariantCulture, $",\"from\":{{\"epoch\":{Frames.Epoch},\"first\":{first}}}");

    private static ulong End(byte[] frame) => BitConverter.ToUInt64(frame, 16)
        + (frame[0] == (byte)FrameKind.Gap ? BitConverter.ToUInt64(frame, FrameHeader.Size) : BitConverter.ToUInt16(frame, 2));

    private static async Task<ulong> PublishAsync(GatewayHost gateway, StreamId stream, ulong first, int frames)
    {
        for (var i = 0; i < frames; i++, first += Frames.Samples)
            await gateway.PublishAsync(stream, Frames.Wave(first));
        return first;
    }

    private static async Task<TestViewer> SubscribeAsync(GatewayHost gateway, string stream, string from)
    {
        var viewer = await TestViewer.ConnectAsync(gateway);
        await viewer.AskAsync($$"""{"cmd":"subscribe","streams":["{{stream}}"]{{from}}}""", "subscribed");
        return viewer;
    }

    private async Task<GatewayHost> StartAsync(params string[] settings) =>
        await GatewayHost.StartAsync((await nats.ServerAsync()).Url, settings);
}
