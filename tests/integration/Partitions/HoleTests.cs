using System.Text;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using NATS.Client.KeyValueStore;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;
using SignalStream.Messaging.Partitions;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Partitions;

/// <summary>What is rare, and must not stop a partition all the same.</summary>
public sealed class HoleTests
{
    [SkippableFact]
    public async Task AnOwnerThatStandsStillButLives_IsOvertaken()
    {
        await using var system = await PartitionSystem.StartAsync();
        using var hang = new ManualResetEventSlim();
        await using var first = system.Add("one", newWorker: stream => new HangingWorker(stream, hang));
        await first.LiveAsync(64);
        var second = system.Add("one");
        await Eventually.TrueAsync(() => first.Engine.Live + second.Engine.Live == 64 && first.Engine.Live is > 10 and < 54, TimeSpan.FromSeconds(60));
        await system.PublishAsync(streams: 30, messages: 90);
        await system.AssertExactlyOnceAsync();
        hang.Set();
        await system.PublishAsync(streams: 30, messages: 300);
        await Eventually.TrueAsync(() => second.Engine.Counters.Taken > 0, TimeSpan.FromSeconds(30));
        await system.AssertExactlyOnceAsync();
        hang.Reset();
    }

    [SkippableFact]
    public async Task AWorkerThatNeverComesBack_KeepsNobodyElse_AndItsMessageIsPassedOver()
    {
        await using var system = await PartitionSystem.StartAsync();
        using var hang = new ManualResetEventSlim();
        var stuck = new StreamId("test", "stuck");
        var replica = system.Add("one", newWorker: stream => new HangingWorker(stream, hang, text => stream == stuck && text == "7"));
        await replica.LiveAsync(64);
        hang.Set();
        await system.PublishAsync(stuck, "6");
        await system.PublishAsync(streams: 30, messages: 90);
        await system.AssertExactlyOnceAsync();
        await system.PublishAsync(stuck, "7", isTaken: false);
        await Eventually.TrueAsync(() => replica.Engine.Counters.Hung == 1, TimeSpan.FromSeconds(30));
        Assert.True(hang.IsSet);
        await system.PublishAsync(streams: 30, messages: 90);
        await system.PublishAsync(stuck, "8");
        await system.PublishAsync(stuck, "9");
        await system.AssertExactlyOnceAsync();
        var skipped = Assert.Single((await system.ReadAsync<SkipEvent>(SignalType.Finding, 1)).OfType<SkipEvent>());
        Assert.Equal((stuck, "test.count"), (skipped.Place.Stream, skipped.MadeBy));
        Assert.Equal((3, 1), (replica.Engine.Counters.Hung, replica.Engine.Counters.Skipped));
        hang.Reset();
    }

    [SkippableFact]
    public async Task StatesOfManyMegabytes_AreSplitAndComeBack()
    {
        await using var system = await PartitionSystem.StartAsync();
        static IStreamWorker New(StreamId stream) => new CountingWorker(stream, 100_000);
        var first = system.Add("one", newWorker: New);
        await first.LiveAsync(64);
        var together = Enumerable.Range(0, 10_000).Select(i => new StreamId("test", $"t-{i}")).Where(s => Partition.Of(s) == 7).Take(30).ToList();
        for (var i = 0; i < 6; i++)
        {
            foreach (var stream in together)
                await system.PublishAsync(stream, $"{i + stream.Id.Length}");
        }

        var state = await new NatsKVContext(new NatsJSContext(system.Nats)).GetStoreAsync(LogDefinitions.StateBucket);
        await Eventually.TrueAsync(async () => await state.GetKeysAsync([("test.count.7.*")]).CountAsync() >= 8, TimeSpan.FromSeconds(30));
        await first.LeaveAsync();
        var second = system.Add("one", newWorker: New);
        await second.LiveAsync(64);
        Assert.Equal(30, second.Engine.Streams);
        foreach (var stream in together)
        {
            for (var i = 0; i < 3; i++)
                await system.PublishAsync(stream, "5");
        }

        await system.AssertExactlyOnceAsync();
        Assert.Equal(0, second.Engine.Counters.Failed);
    }

    [SkippableFact]
    public async Task TheServerComesBackEmpty_WhatComesThenIsWorkedOn()
    {
        await using var system = await PartitionSystem.StartAsync();
        var replica = system.Add("one");
        await replica.LiveAsync(64);
        await system.PublishAsync(streams: 20, messages: 300);
        await system.AssertExactlyOnceAsync();
        await system.Server.KillAsync();
        Directory.Delete(system.Server.StoreFolder, recursive: true);
        await system.Server.StartAgainAsync();
        await Eventually.TrueAsync(async () => (await system.TryEnsureLogsAsync()), TimeSpan.FromSeconds(20));
        system.ForgetExpected();
        await system.PublishAsync(streams: 20, messages: 300);
        await replica.LiveAsync(64);
        await system.AssertExactlyOnceAsync();
    }

    [SkippableFact]
    public async Task TheInputsLogIsMadeAnew_TheStatesGoOn()
    {
        await using var system = await PartitionSystem.StartAsync();
        var replica = system.Add("one");
        await replica.LiveAsync(64);
        await system.PublishAsync(streams: 20, messages: 300);
        await system.AssertExactlyOnceAsync();
        await replica.LeaveAsync();
        await new NatsJSContext(system.Nats).DeleteStreamAsync("WAVES");
        await system.EnsureLogsAsync();
        await system.PublishAsync(streams: 20, messages: 300);
        await system.Add("one").LiveAsync(64);
        await system.AssertExactlyOnceAsync();
    }

    [SkippableFact]
    public async Task TheOutputsLogLosesItsEnd_ThePartitionGoesOnAndSaysSo()
    {
        await using var system = await PartitionSystem.StartAsync();
        var replica = system.Add("one");
        await replica.LiveAsync(64);
        var stream = new StreamId("test", "s-0");
        await system.PublishAsync(streams: 1, messages: 30);
        await system.AssertExactlyOnceAsync();
        await LoseTheEndAsync(system, 1);
        await system.PublishAsync(streams: 1, messages: 30);
        var found = await system.ReadAsync<GapEvent>(SignalType.Finding, 19);
        Assert.Equal(19, found.Count);
        Assert.Equal(1, replica.Engine.Counters.Lost);
    }

    [SkippableFact]
    public async Task TheOutputsLogLosesItsEndWhileNobodyIsThere_WhatWasLostIsMadeAgain()
    {
        await using var system = await PartitionSystem.StartAsync();
        var first = system.Add("one");
        await first.LiveAsync(64);
        await system.PublishAsync(streams: 1, messages: 30);
        await system.AssertExactlyOnceAsync();
        var saved = first.Engine.Counters.Checkpoints;
        await Eventually.TrueAsync(() => first.Engine.Counters.Checkpoints > saved + 64);
        await system.PublishAsync(streams: 1, messages: 30);
        await system.AssertExactlyOnceAsync();
        await first.LeaveAsync();
        await LoseTheEndAsync(system, 3);
        var second = system.Add("one");
        await second.LiveAsync(64);
        await system.PublishAsync(streams: 1, messages: 30);
        await system.AssertExactlyOnceAsync();
        Assert.Equal((1, 0), (second.Engine.Counters.GoneBack, second.Engine.Counters.Lost));
    }

    [SkippableFact]
    public async Task SomethingElseWritesWhereTheOutputsStand_IsToldAndWorkGoesOn()
    {
        await using var system = await PartitionSystem.StartAsync();
        var replica = system.Add("one");
        await replica.LiveAsync(64);
        var stream = new StreamId("test", "s-0");
        await system.PublishAsync(streams: 1, messages: 30);
        await system.AssertExactlyOnceAsync();
        var foreign = EventCodec.Encode(new SkipEvent(new EventPlace(stream, 1, 1, 0), "somebody", "WAVES", "", SignalType.Finding));
        (await new NatsJSContext(system.Nats).PublishAsync(Subjects.Of(SignalType.Finding, stream), foreign)).EnsureSuccess();
        await system.PublishAsync(streams: 1, messages: 30);
        await system.AssertExactlyOnceAsync();
        Assert.Equal(1, replica.Engine.Counters.Rivals);
        Assert.Contains(Subjects.Of(SignalType.Finding, stream), Assert.Single(replica.Alarms), StringComparison.Ordinal);
    }

    /// <summary>The findings as they were, but for the last: as after a power failure of a server that did not sync.</summary>
    private static async Task LoseTheEndAsync(PartitionSystem system, int lost)
    {
        var context = new NatsJSContext(system.Nats);
        var findings = await context.GetStreamAsync("FINDINGS");
        var kept = new List<StoredMessage>();
        for (var sequence = 1UL; sequence <= findings.Info.State.LastSeq - (ulong)lost; sequence++)
            kept.Add((await findings.GetAsync(new StreamMsgGetRequest { Seq = sequence })).Message);
        await context.DeleteStreamAsync("FINDINGS");
        await system.EnsureLogsAsync();
        foreach (var message in kept)
            (await context.PublishAsync(message.Subject, message.Data, headers: HeadersOf(message))).EnsureSuccess();
    }

    private static NatsHeaders HeadersOf(StoredMessage message)
    {
        var lines = Encoding.ASCII.GetString(Convert.FromBase64String(message.Hdrs!)).Split("\r\n");
        return new NatsHeaders { ["Nats-Msg-Id"] = lines.Single(l => l.StartsWith("Nats-Msg-Id:", StringComparison.Ordinal))["Nats-Msg-Id:".Length..].Trim() };
    }
}
