using NATS.Client.Core;
using NATS.Client.JetStream;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Logs;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Messaging;

public class LogReplayTests
{
    /// <summary>Requests here have all the time there is: who waits for an answer that is lost waits until the test fails.</summary>
    [SkippableFact]
    public async Task Read_TheConnectionBreaksBeforeTheAnswer_AsksAgainOnTheNextOne()
    {
        await using var server = await NatsServer.StartAsync(new NatsServerOptions { JetStream = true });
        await using var nats = new NatsConnection(server.ClientOptions with
        {
            RequestTimeout = TimeSpan.FromHours(1),
            ReconnectWaitMin = TimeSpan.FromMilliseconds(50),
            ReconnectWaitMax = TimeSpan.FromMilliseconds(100),
        });
        var stream = new StreamId("ecg", "lost");
        var jetStream = new NatsJSContext(nats);
        await WaveTraffic.MakeLogAsync(server);
        (await jetStream.PublishAsync(Subjects.Of(SignalType.Wave, stream), new byte[] { 7 })).EnsureSuccess();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        var told = new List<string>();

        server.Freeze();
        await using var messages = new LogReplay(nats, TimeProvider.System)
            .ReadAsync(SignalType.Wave, stream, default, failure => told.Add(failure.Message), stop.Token).GetAsyncEnumerator(stop.Token);
        var first = messages.MoveNextAsync().AsTask();
        Assert.False(first.IsCompleted);
        await server.RestartAsync();

        Assert.True(await first);
        Assert.Equal([7], messages.Current.Bytes.ToArray());
        Assert.Equal(["The connection broke while WAVES was asked for " + Subjects.Of(SignalType.Wave, stream) + "."], told);
    }

    [SkippableFact]
    public async Task Read_ManyAskAndLeaveWhileTheServerIsAway_NoneOfThemHasAConsumerLater()
    {
        await using var server = await NatsServer.StartAsync(new NatsServerOptions { JetStream = true });
        await using var nats = new NatsConnection(server.ClientOptions with
        {
            ReconnectWaitMin = TimeSpan.FromMilliseconds(50),
            ReconnectWaitMax = TimeSpan.FromMilliseconds(100),
        });
        var stream = new StreamId("ecg", "away");
        var jetStream = new NatsJSContext(nats);
        await WaveTraffic.MakeLogAsync(server);
        (await jetStream.PublishAsync(Subjects.Of(SignalType.Wave, stream), new byte[] { 7 })).EnsureSuccess();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        var logs = new LogReplay(nats, TimeProvider.System);
        var told = new List<string>();

        await server.KillAsync();
        await Eventually.TrueAsync(() => nats.ConnectionState == NatsConnectionState.Reconnecting);
        for (var i = 0; i < 50; i++)
        {
            using var leaves = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
            await using var left = logs.ReadAsync(SignalType.Wave, stream, default, Tell, leaves.Token).GetAsyncEnumerator(leaves.Token);
            var none = left.MoveNextAsync().AsTask();
            Assert.False(none.IsCompleted);
            await leaves.CancelAsync();
            Assert.False(await none);
        }

        await using var stays = logs.ReadAsync(SignalType.Wave, stream, default, Tell, stop.Token).GetAsyncEnumerator(stop.Token);
        var first = stays.MoveNextAsync().AsTask();
        await server.StartAgainAsync();

        Assert.True(await first);
        Assert.Equal([7], stays.Current.Bytes.ToArray());
        Assert.Equal(1, (await jetStream.GetStreamAsync(LogDefinitions.NameOf(SignalType.Wave))).Info.State.ConsumerCount);
        Assert.Empty(told);

        void Tell(Exception failure)
        {
            lock (told)
                told.Add(failure.Message);
        }
    }
}
