using System.Collections.Concurrent;
using NATS.Client.Core;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Nats;

/// <summary>Readers that wait in a synchronization context.</summary>
[Trait("Standin", "better")] // The package posts to the context as well, but says nothing of what was read together.
public sealed class ContextTests(NatsFixture fixture) : IClassFixture<NatsFixture>
{
    private const int Messages = 20;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [SkippableFact]
    public async Task WaitToReadAsync_InAContext_GoesOnAtTheEndOfAStretch()
    {
        var server = await fixture.ServerAsync();
        await using var connection = new NatsConnection(server.ClientOptions);
        await using var publisher = new NatsConnection(server.ClientOptions);
        await using var one = await connection.SubscribeCoreAsync<int>("context.one");
        await using var other = await connection.SubscribeCoreAsync<int>("context.other");
        await connection.PingAsync();
        var context = new StretchContext();
        var read = Task.WhenAll(context.Run(() => ReadAsync(one, context)), context.Run(() => ReadAsync(other, context)));
        for (var i = 0; i < Messages; i++)
        {
            await publisher.PublishAsync("context.one", i);
            await publisher.PublishAsync("context.other", i);
        }

        await read.WaitAsync(Soon);
    }

    private static async Task ReadAsync(INatsSub<int> subscription, StretchContext context)
    {
        for (var next = 0; next < Messages;)
        {
            Assert.True(await subscription.Msgs.WaitToReadAsync());
            Assert.True(context.IsInside);
            while (subscription.Msgs.TryRead(out var message))
                Assert.Equal(next++, message.Data);
        }
    }

    /// <summary>Runs what was posted when the operation is completed, on the thread that does so.</summary>
    private sealed class StretchContext : SynchronizationContext
    {
        private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _posted = new();
        private int _thread;

        public bool IsInside => _thread == Environment.CurrentManagedThreadId && Current == this;

        public Task Run(Func<Task> read)
        {
            var before = Current;
            SetSynchronizationContext(this);
            var reading = read();
            SetSynchronizationContext(before);
            return reading;
        }

        public override void OperationStarted() => Assert.Equal(0, Interlocked.Exchange(ref _thread, Environment.CurrentManagedThreadId));

        public override void Post(SendOrPostCallback d, object? state) => _posted.Enqueue((d, state));

        public override void OperationCompleted()
        {
            SetSynchronizationContext(this);
            while (_posted.TryDequeue(out var posted))
                posted.Callback(posted.State);
            SetSynchronizationContext(null);
            _thread = 0;
        }

        public override SynchronizationContext CreateCopy() => this;
    }
}
