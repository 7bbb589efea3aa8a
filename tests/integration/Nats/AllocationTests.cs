using System.Threading.Channels;
using NATS.Client.Core;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Nats;

/// <summary>Alone, since the allocations of the whole process are counted.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public sealed class AllocationGroup;

[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    private const int Count = 1_000_000;

    /// <summary>Bytes a message: what is awaited once for many of them, never an object for each (the smallest has 24).</summary>
    private const double Allowed = 4;

    /// <summary>Messages that may be on the way, so that a slow machine keeps no more buffers than a fast one.</summary>
    private const int Block = 10_000;

    /// <remarks>The package copies each message three times and allocates for it.</remarks>
    [SkippableFact]
    [Trait("Standin", "better")]
    public async Task PublishedAndReceived_AMillionMessages_AllocateNextToNothing()
    {
        await using var server = await NatsServer.StartAsync();
        await using var publisher = new NatsConnection(server.ClientOptions);
        await using var subscriber = new NatsConnection(server.ClientOptions);
        await using var subscription = await subscriber.SubscribeCoreAsync<NatsMemoryOwner<byte>>(
            "lean.*", opts: new NatsSubOpts { ChannelOpts = new() { FullMode = BoundedChannelFullMode.Wait } });
        await subscriber.PingAsync();
        await ExchangeAsync(publisher, subscription, 100_000);

        var before = GC.GetTotalAllocatedBytes(precise: true);
        await ExchangeAsync(publisher, subscription, Count);
        var each = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Count;
        Assert.True(each < Allowed, $"{each:0.00} bytes are allocated for each message.");
    }

    private static async Task ExchangeAsync(NatsConnection publisher, INatsSub<NatsMemoryOwner<byte>> subscription, int count)
    {
        string[] subjects = ["lean.a", "lean.b", "lean.c"];
        var payload = new ReadOnlyMemory<byte>(new byte[40]);
        using var blocks = new SemaphoreSlim(1);
        var publishing = Task.Run(async () =>
        {
            for (var i = 0; i < count; i++)
            {
                if (i % Block == 0)
                    await blocks.WaitAsync();
                await publisher.PublishAsync(subjects[i % 3], payload);
            }
        });
        var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token;
        for (var received = 0; received < count && await subscription.Msgs.WaitToReadAsync(deadline);)
        {
            while (subscription.Msgs.TryRead(out var message))
            {
                message.Data.Dispose();
                if (++received % Block == 0)
                    blocks.Release();
            }
        }

        await publishing;
    }
}
