using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Gateway;

public sealed class ReadingRelayTests(NatsFixture nats) : IClassFixture<NatsFixture>
{
    [SkippableFact]
    public async Task Readings_OfAWatchedTarget_ReachWhoAsksForThemOnceInOrderAndNobodyElse()
    {
        await using var gateway = await GatewayHost.StartAsync((await nats.ServerAsync()).Url);
        await using var line = await Line.OpenAsync(gateway, nats, "net.live");
        await using var asks = await TestViewer.ConnectAsync(gateway);
        await using var other = await TestViewer.ConnectAsync(gateway);
        await asks.AskAsync("""{"cmd":"subscribe","streams":["net.live"],"types":["reading"],"from":-60}""", "subscribed");
        await other.AskAsync("""{"cmd":"subscribe","streams":["net.live"],"types":["finding","forecast","alert"]}""", "subscribed");
        // The gateway's own subscription is made meanwhile.
        var first = 0;
        await Eventually.TrueAsync(async () =>
        {
            await line.PublishAsync(first, ++first);
            return asks.Frames.Count > 0;
        });
        await line.PublishAsync(first, first + 50);
        await line.PublishAsync(first + 20, first + 60);
        await Eventually.TrueAsync(() => Readings(asks) is [.., var last] && last.Index == (ulong)first + 59);
        var readings = Readings(asks);
        Assert.Equal(Enumerable.Range((int)readings[0].Index, readings.Count).Select(i => line.Reading(i)), readings);
        Assert.Empty(other.Frames);
    }

    private static IReadOnlyList<ProbeReading> Readings(TestViewer viewer) =>
    [
        .. viewer.Frames.Select(frame => EventCodec.TryDecode(frame.AsSpan(FrameHeader.Size), out var happened, out _) ? happened : null)
            .OfType<ProbeReadingEvent>().Select(happened => happened.Reading),
    ];
}
