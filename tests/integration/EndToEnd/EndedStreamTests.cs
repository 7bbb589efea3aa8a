using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.EndToEnd;

/// <summary>A producer that is told to stop, beside one that dies.</summary>
[Collection(nameof(EndToEndGroup))]
public sealed class EndedStreamTests
{
    private static readonly StreamId Stopped = new("ecg", "stopped");
    private static readonly StreamId Killed = new("ecg", "killed");

    [SkippableFact]
    public async Task Producer_ToldToStop_LeavesNoAlarmWhereOneThatDiesDoes()
    {
        await using var system = await RunningSystem.StartAsync();
        await system.AddAsync("processor");
        var stopped = await system.AddAsync("producer", "Ecg:Streams:0:Id=stopped");
        var killed = await system.AddAsync("producer", "Ecg:Streams:0:Id=killed");
        await using var nats = new NatsConnection(system.Nats.ClientOptions);
        foreach (var stream in new[] { Stopped, Killed })
            await Eventually.TrueAsync(async () => await LastAsync(nats, SignalType.Finding, stream) is not null, TimeSpan.FromSeconds(60), $"findings of {stream}");

        Assert.Equal(0, await stopped.StopAsync());
        var last = (await LastAsync(nats, SignalType.Wave, Stopped))!.Value;
        Assert.Equal(FrameError.None, FrameHeader.TryRead(last.Span, out var header));
        Assert.True(EndMark.Is(header, last.Span), $"{header}");
        Assert.True(header.First > 0);

        // The other one falls silent later: when its alarm is there, this one's would be.
        await killed.KillAsync();
        await Eventually.TrueAsync(async () => await LastAsync(nats, SignalType.Alert, Killed) is not null, TimeSpan.FromSeconds(60), "an alert of the killed one");
        Assert.True(EventCodec.TryDecode((await LastAsync(nats, SignalType.Alert, Killed))!.Value.ToArray(), out var alert, out var error), error);
        Assert.Equal("asystole", Assert.IsType<AlertEvent>(alert).Name);
        Assert.Null(await LastAsync(nats, SignalType.Alert, Stopped));
    }

    private static async Task<ReadOnlyMemory<byte>?> LastAsync(NatsConnection nats, SignalType type, StreamId stream)
    {
        try
        {
            var log = await new NatsJSContext(nats).GetStreamAsync(LogDefinitions.NameOf(type));
            return (await log.GetAsync(new StreamMsgGetRequest { LastBySubj = Subjects.Of(type, stream) })).Message.Data;
        }
        catch (NatsJSApiException exception) when (exception.Error.ErrCode == 10037)
        {
            return null; // No such message.
        }
    }
}
