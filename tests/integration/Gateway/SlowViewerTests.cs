using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using SignalStream.Contracts;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Gateway;

public class SlowViewerTests(NatsFixture nats) : IClassFixture<NatsFixture>
{
    private const int BigFrame = 4000;

    /// <summary>Of envelopes at 250 Hz.</summary>
    private const ulong Block = 64;

    [SkippableFact]
    public async Task Relay_OneOfSixNeverReads_ItIsClosedWith4008AndTheOthersMissNothing()
    {
        await using var gateway = await StartAsync("Relay:StallSeconds=1", "Relay:CloseSeconds=8");
        var stream = await gateway.AddStreamAsync("ecg.six");
        var fast = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => TestViewer.SubscribedAsync(gateway, "ecg.six")));
        using var slow = await RawViewer.SubscribeAsync(gateway, "ecg.six");
        await Eventually.TrueAsync(async () => await gateway.MetricAsync("signalstream_gateway_commands_total{command=\"subscribe\"}") == 6);
        var next = await gateway.PublishUntilReceivedAsync(stream, fast[0]);

        // No faster than the fast ones read; the slow one reads nothing at all.
        await Eventually.TrueAsync(async () =>
        {
            await gateway.PublishAsync(stream, Frames.Wave(next, BigFrame));
            next += BigFrame;
            await Eventually.TrueAsync(() => fast.All(f => f.Frames.Count > 0 && End(f.Frames.Last()) == next));
            return await gateway.MetricAsync("signalstream_gateway_viewers_closed_total{reason=\"too_slow\"}") == 1;
        });

        foreach (var viewer in fast)
        {
            RelayTests.AssertContiguous(viewer.Frames, BitConverter.ToUInt64(viewer.Frames.First(), 16), next);
            Assert.Null(viewer.ClosedWith);
            await viewer.DisposeAsync();
        }

        var (code, reason) = await ReadToCloseAsync(slow);
        Assert.Equal((4008, "Too slow: nothing has moved for 1 s."), (code, reason));
    }

    [SkippableFact]
    public async Task Relay_ViewerThatNeverReadsAgain_IsAbortedInTheEnd()
    {
        await using var gateway = await StartAsync("Relay:StallSeconds=1", "Relay:CloseSeconds=1");
        var stream = await gateway.AddStreamAsync("ecg.dead");
        using var dead = await RawViewer.SubscribeAsync(gateway, "ecg.dead");
        ulong next = 0;
        await Eventually.TrueAsync(async () =>
        {
            await gateway.PublishAsync(stream, Frames.Wave(next, BigFrame));
            next += BigFrame;
            return await gateway.MetricAsync("signalstream_gateway_viewers_closed_total{reason=\"too_slow\"}") == 1
                && await gateway.MetricAsync("signalstream_gateway_viewers") == 0;
        });
    }

    [SkippableFact]
    public async Task Relay_ViewerPausesAndReadsOn_IsToldEverySampleThatWasDropped()
    {
        await using var gateway = await StartAsync("Relay:QueueKilobytes=64", "Relay:StallSeconds=600");
        var stream = await gateway.AddStreamAsync("ecg.pause");
        using var viewer = await RawViewer.SubscribeAsync(gateway, "ecg.pause");
        ulong next = 0;
        await Eventually.TrueAsync(async () =>
        {
            await gateway.PublishAsync(stream, Frames.Wave(next, BigFrame));
            next += BigFrame;
            return await gateway.MetricAsync("signalstream_gateway_frames_dropped_total{reason=\"newest\"}") >= 20;
        });

        var frames = new List<byte[]>();
        var steps = new List<int>();
        while (frames.Count == 0 || End(frames[^1]) < next / Block * Block)
        {
            var (opcode, payload) = await viewer.ReadAsync();
            if (opcode == 2)
                frames.Add(payload);
            else if (JsonDocument.Parse(payload).RootElement is var told && told.GetProperty("type").GetString() == "accounts")
                steps.Add(Check(told, frames));
        }

        RelayTests.AssertContiguous(frames, BitConverter.ToUInt64(frames[0], 16), End(frames[^1]));
        Assert.Contains(frames, f => f[0] == (byte)FrameKind.Gap && f[^1] == 2);
        Assert.Contains(7, steps);
    }

    /// <summary>The accounts against what had come before them.</summary>
    private static int Check(JsonElement told, List<byte[]> frames)
    {
        var account = told.GetProperty("streams")[0];
        long Of(string name) => account.GetProperty(name).GetInt64();
        Assert.Equal(Of("produced"), Of("delivered") + Of("thinned") + Of("dropped"));
        Assert.Equal(Sum(FrameKind.Samples), Of("delivered"));
        Assert.Equal(Sum(FrameKind.Envelope), Of("thinned"));
        return told.GetProperty("step").GetInt32();

        long Sum(FrameKind kind) => frames.Where(f => f[0] == (byte)kind).Sum(f => (long)(End(f) - BitConverter.ToUInt64(f, 16)));
    }

    private static ulong End(byte[] frame) => BitConverter.ToUInt64(frame, 16)
        + (frame[0] == (byte)FrameKind.Gap ? BitConverter.ToUInt64(frame, FrameHeader.Size) : (ulong)BitConverter.ToUInt16(frame, 2) << (frame[1] & 0x0F));

    private static async Task<(int Code, string Reason)> ReadToCloseAsync(RawViewer viewer)
    {
        var payload = await viewer.ReadToAsync(8);
        return (BinaryPrimitives.ReadUInt16BigEndian(payload), Encoding.UTF8.GetString(payload.AsSpan(2)));
    }

    private async Task<GatewayHost> StartAsync(params string[] settings) =>
        await GatewayHost.StartAsync((await nats.ServerAsync()).Url, settings);
}
