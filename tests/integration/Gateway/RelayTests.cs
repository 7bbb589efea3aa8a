using System.Text.Json;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Gateway;

public class RelayTests(NatsFixture nats) : IClassFixture<NatsFixture>
{
    [SkippableFact]
    public async Task Subscribe_OneStream_GetsEveryFrameBitExactWithTheTopicFilledIn()
    {
        await using var gateway = await StartAsync();
        var stream = await gateway.AddStreamAsync("ecg.exact");
        await using var viewer = await TestViewer.ConnectAsync(gateway);
        var answer = await viewer.AskAsync("""{"cmd":"subscribe","id":7,"streams":["ecg.exact"]}""", "subscribed");
        var topic = answer.GetProperty("streams")[0].GetProperty("topic").GetUInt32();
        var first = await gateway.PublishUntilReceivedAsync(stream, viewer);
        var before = viewer.Frames.Count;

        var sent = Enumerable.Range(0, 200).Select(i => Frames.Wave(first + (ulong)i * Frames.Samples)).ToList();
        foreach (var frame in sent)
            await gateway.PublishAsync(stream, frame);
        foreach (var frame in sent)
            FrameHeader.WriteTopic(frame, topic);
        Assert.Equal(7, answer.GetProperty("id").GetInt32());
        await Eventually.TrueAsync(() => viewer.Frames.Count >= before + 200);
        Assert.Equal(sent, viewer.Frames.TakeLast(200));
    }

    [SkippableFact]
    public async Task Subscribe_Pattern_TakesInAStreamThatAppearsLater()
    {
        await using var gateway = await StartAsync();
        await using var viewer = await TestViewer.ConnectAsync(gateway);
        var answer = await viewer.AskAsync("""{"cmd":"subscribe","streams":["later.*"]}""", "subscribed");
        Assert.Equal("later.*", answer.GetProperty("patterns")[0].GetString());
        Assert.Equal(0, answer.GetProperty("streams").GetArrayLength());

        var stream = await gateway.AddStreamAsync("later.one");
        var told = (await viewer.NextAsync("stream")).GetProperty("stream");
        Assert.Equal("later.one", told.GetProperty("stream").GetString());
        await gateway.PublishUntilReceivedAsync(stream, viewer);
        Assert.Equal(told.GetProperty("topic").GetUInt32(), BitConverter.ToUInt32(viewer.Frames.First(), 4));

        await gateway.EndStreamAsync(stream);
        Assert.Equal("ended", (await viewer.NextAsync("stream")).GetProperty("stream").GetProperty("life").GetString());
    }

    [SkippableFact]
    public async Task Subscribe_AfterFindings_ComesWithTheLastOneThenLiveOnes()
    {
        await using var gateway = await StartAsync();
        var stream = await gateway.AddStreamAsync("ecg.found");
        await using var early = await TestViewer.SubscribedAsync(gateway, "ecg.found");
        await gateway.PublishAsync(Frames.Rate(stream, 250, 50));
        await gateway.PublishAsync(Frames.Rate(stream, 500, 60));
        await Eventually.TrueAsync(() => early.Frames.Count == 2);

        await using var late = await TestViewer.SubscribedAsync(gateway, "ecg.found");
        await Eventually.TrueAsync(() => late.Frames.Count == 1);
        // A repeat is in the log once more, since it carries no message id here; viewers get it once.
        await gateway.PublishAsync(Frames.Rate(stream, 500, 60));
        await gateway.PublishAsync(Frames.Rate(stream, 750, 70));
        await Eventually.TrueAsync(() => late.Frames.Count == 2);
        Assert.Equal([60.0, 70.0], late.Frames.Select(Bpm));
        Assert.Equal([50.0, 60.0, 70.0], early.Frames.Select(Bpm));
    }

    [SkippableFact]
    public async Task Subscribe_GatewayStartedAfterTheFinding_KnowsItFromTheLog()
    {
        StreamId stream;
        await using (var before = await StartAsync())
        {
            stream = await before.AddStreamAsync("ecg.past");
            await using var viewer = await TestViewer.SubscribedAsync(before, "ecg.past");
            await before.PublishAsync(Frames.Rate(stream, 250, 55));
            await Eventually.TrueAsync(() => viewer.Frames.Count == 1);
        }

        await using var gateway = await StartAsync();
        await gateway.AddStreamAsync("ecg.past");
        await using var late = await TestViewer.SubscribedAsync(gateway, "ecg.past");
        await Eventually.TrueAsync(() => late.Frames.Count == 1);
        Assert.Equal(55, Bpm(late.Frames.Single()));
    }

    [SkippableFact]
    public async Task Subscribe_TypesChanged_FindingsOnlyThenWavesToo()
    {
        await using var gateway = await StartAsync();
        var stream = await gateway.AddStreamAsync("ecg.types");
        await using var viewer = await TestViewer.ConnectAsync(gateway);
        await viewer.AskAsync("""{"cmd":"subscribe","streams":["ecg.types"],"types":["finding"]}""", "subscribed");
        Assert.Equal(0, await gateway.MetricAsync("signalstream_gateway_streams_watched"));
        await viewer.AskAsync("""{"cmd":"subscribe","streams":["ecg.types"],"types":["wave"]}""", "subscribed");
        await gateway.PublishUntilReceivedAsync(stream, viewer);
        Assert.All(viewer.Frames, frame => Assert.Equal((byte)FrameKind.Samples, frame[0]));
    }

    [SkippableFact]
    public async Task Unsubscribe_LastViewerOfTheStream_StopsFramesAndDropsTheSubscription()
    {
        await using var gateway = await StartAsync("Relay:LingerSeconds=0");
        var stream = await gateway.AddStreamAsync("ecg.left");
        await using var viewer = await TestViewer.SubscribedAsync(gateway, "ecg.left");
        var first = await gateway.PublishUntilReceivedAsync(stream, viewer);
        Assert.Equal(1, await gateway.MetricAsync("signalstream_gateway_streams_watched"));

        var answer = await viewer.AskAsync("""{"cmd":"unsubscribe","id":"u","streams":["ecg.left"]}""", "unsubscribed");
        Assert.Equal("u", answer.GetProperty("id").GetString());
        var had = viewer.Frames.Count;
        await Eventually.TrueAsync(async () => await gateway.MetricAsync("signalstream_gateway_streams_watched") == 0);
        await gateway.PublishAsync(stream, Frames.Wave(first));
        await viewer.AskAsync("""{"cmd":"time","t0":1}""", "time");
        Assert.Equal(had, viewer.Frames.Count);
    }

    [SkippableFact]
    public async Task Relay_BadFramesOnTheBus_AreCountedAndTheOthersFlow()
    {
        await using var gateway = await StartAsync();
        var stream = await gateway.AddStreamAsync("ecg.bad");
        var other = await gateway.AddStreamAsync("ecg.good");
        await using var viewer = await TestViewer.SubscribedAsync(gateway, "ecg.bad", "ecg.good");
        var first = await gateway.PublishUntilReceivedAsync(stream, viewer);
        var otherFirst = await gateway.PublishUntilReceivedAsync(other, viewer);
        var had = viewer.Frames.Count;

        await gateway.PublishAsync(stream, [1, 2, 3]);
        await gateway.PublishAsync(stream, Frames.Wave(first)[..^1]);
        await gateway.PublishAsync(stream, new byte[32]);
        await gateway.PublishAsync(stream, Frames.Wave(first));
        await gateway.PublishAsync(other, Frames.Wave(otherFirst));
        await Eventually.TrueAsync(() => viewer.Frames.Count == had + 2);
        foreach (var reason in new[] { "too_short", "length", "version" })
            Assert.Equal(1, await gateway.MetricAsync($"signalstream_gateway_frames_rejected_total{{reason=\"{reason}\"}}"));
    }

    [SkippableFact]
    public async Task Relay_BadEventInTheLog_IsCountedAndTheNextOneFlows()
    {
        await using var gateway = await StartAsync();
        var stream = await gateway.AddStreamAsync("ecg.badevent");
        await using var viewer = await TestViewer.SubscribedAsync(gateway, "ecg.badevent");
        await using var bus = new NATS.Client.Core.NatsConnection(
            NATS.Client.Core.NatsOpts.Default with { Url = (await nats.ServerAsync()).Url });
        await bus.PublishAsync(Subjects.Of(SignalType.Finding, stream), new byte[] { 0xFF, 0xFF });
        await Eventually.TrueAsync(async () => await gateway.MetricAsync("signalstream_gateway_frames_rejected_total{reason=\"event\"}") >= 1);
        await gateway.PublishAsync(Frames.Rate(stream, 250, 50));
        await Eventually.TrueAsync(() => viewer.Frames.Count == 1);
    }

    [SkippableFact]
    public async Task Relay_NatsKilledAndRestarted_FramesFlowAgainOnTheSameSocketAndTheLossIsTold()
    {
        await using var server = await NatsServer.StartAsync();
        await using var gateway = await GatewayHost.StartAsync(server.Url);
        var stream = await gateway.AddStreamAsync("ecg.back");
        await using var viewer = await TestViewer.SubscribedAsync(gateway, "ecg.back");
        var first = await gateway.PublishUntilReceivedAsync(stream, viewer);

        await server.KillAsync();
        await Eventually.TrueAsync(async () => (await gateway.GetAsync("/health/ready")).Status == 503);
        Assert.NotEqual("open", (await viewer.AskAsync("""{"cmd":"status"}""", "status")).GetProperty("nats").GetString());
        await server.StartAgainAsync();
        var resumed = await gateway.PublishUntilReceivedAsync(stream, viewer, first + 100 * Frames.Samples);

        await gateway.PublishAsync(stream, Frames.Wave(resumed));
        await Eventually.TrueAsync(() => First(viewer.Frames.Last()) == resumed);
        AssertContiguous(viewer.Frames, First(viewer.Frames.First()), resumed + Frames.Samples);
        await Eventually.TrueAsync(async () => (await gateway.GetAsync("/health/ready")).Status == 200);
        Assert.NotNull(viewer.SubProtocol);
    }

    [SkippableFact]
    public async Task Format_Json_GivesTheSameAsText()
    {
        await using var gateway = await StartAsync();
        var stream = await gateway.AddStreamAsync("ecg.json");
        await using var viewer = await TestViewer.ConnectAsync(gateway, "format=json", protocol: null);
        await viewer.AskAsync("""{"cmd":"subscribe","streams":["ecg.json"]}""", "subscribed");
        await gateway.PublishAsync(Frames.Rate(stream, 250, 61));
        var rate = await viewer.NextAsync("event");
        Assert.Equal(61, rate.GetProperty("heartRate").GetProperty("bpm").GetDouble());

        var samples = default(JsonElement?);
        var waiting = viewer.NextAsync("samples");
        ulong first = 0;
        await Eventually.TrueAsync(async () =>
        {
            await gateway.PublishAsync(stream, Frames.Wave(first));
            first += Frames.Samples;
            samples = waiting.IsCompleted ? await waiting : null;
            return samples is not null;
        });
        var from = samples!.Value.GetProperty("first").GetUInt64();
        Assert.Equal(
            Enumerable.Range(0, 10).Select(i => (double)from + i),
            samples.Value.GetProperty("values")[0].EnumerateArray().Select(v => v.GetDouble()));
        Assert.Empty(viewer.Frames);
    }

    [SkippableFact]
    public async Task Subscribe_ToColumnsOf8Samples_GivesThemFromTheNextBlockOnAndTheOtherViewerAll()
    {
        await using var gateway = await StartAsync();
        var stream = await gateway.AddStreamAsync("ecg.wall");
        await using var whole = await TestViewer.SubscribedAsync(gateway, "ecg.wall");
        await using var small = await TestViewer.ConnectAsync(gateway);
        await small.AskAsync("""{"cmd":"subscribe","streams":["ecg.wall"],"columns":8}""", "subscribed");
        var next = await gateway.PublishUntilReceivedAsync(stream, small);
        await Eventually.TrueAsync(async () =>
        {
            await gateway.PublishAsync(stream, Frames.Wave(next));
            next += Frames.Samples;
            return small.Frames.Count(f => f[0] == (byte)FrameKind.Envelope) >= 3;
        });

        var envelope = small.Frames.First(f => f[0] == (byte)FrameKind.Envelope);
        Assert.Equal(0x13, envelope[1]);
        Assert.Equal((float)First(envelope), BitConverter.ToSingle(envelope, FrameHeader.Size));
        Assert.Equal((float)First(envelope) + 7, BitConverter.ToSingle(envelope, FrameHeader.Size + 4));
        AssertContiguous(small.Frames, First(small.Frames.First()), End(small.Frames.Last()));
        Assert.DoesNotContain(whole.Frames, f => f[0] == (byte)FrameKind.Envelope);

        var told = (await small.AskAsync("""{"cmd":"accounts","id":9}""", "accounts")).GetProperty("streams")[0];
        Assert.Equal(3, told.GetProperty("scale").GetInt32());
        Assert.Equal(
            told.GetProperty("produced").GetInt64(),
            told.GetProperty("delivered").GetInt64() + told.GetProperty("thinned").GetInt64() + told.GetProperty("dropped").GetInt64());
    }

    private static ulong End(byte[] frame) => First(frame) + ((ulong)BitConverter.ToUInt16(frame, 2) << (frame[1] & 0x0F));

    /// <summary>Samples and gaps join without a hole and without an overlap.</summary>
    internal static void AssertContiguous(IEnumerable<byte[]> frames, ulong from, ulong to)
    {
        var next = from;
        foreach (var frame in frames)
        {
            Assert.Equal(FrameError.None, FrameHeader.TryRead(frame, out var header));
            Assert.Equal(next, header.First);
            next += header.Kind == FrameKind.Gap ? BitConverter.ToUInt64(frame, FrameHeader.Size) : (ulong)header.Count << header.Scale;
        }

        Assert.Equal(to, next);
    }

    private static ulong First(byte[] frame) => BitConverter.ToUInt64(frame, 16);

    private static double Bpm(byte[] frame)
    {
        Assert.True(EventCodec.TryDecode(frame.AsSpan(FrameHeader.Size), out var decoded, out var error), error);
        return Assert.IsType<HeartRateEvent>(decoded).Bpm;
    }

    private async Task<GatewayHost> StartAsync(params string[] settings) =>
        await GatewayHost.StartAsync((await nats.ServerAsync()).Url, settings);
}
