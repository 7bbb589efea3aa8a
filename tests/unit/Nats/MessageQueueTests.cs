using System.Text;
using System.Threading.Channels;
using NATS.Client.Core;
using NATS.Client.Core.Protocol;

namespace SignalStream.UnitTests.Nats;

public sealed class MessageQueueTests
{
    private readonly ReceiveBufferPool _pool = new(4096);

    [Fact]
    public void TryRead_AfterShow_GivesMessagesInOrder()
    {
        var queue = Queue(1000, BoundedChannelFullMode.DropNewest);
        for (var i = 0; i < 300; i++)
            Assert.Equal(0, queue.Write(Message(i)));
        Assert.Equal(0, queue.Count);
        queue.Show();
        Assert.Equal(Enumerable.Range(0, 300), Drain(queue));
    }

    [Fact]
    public void Write_FullAndNewestGoes_KeepsTheOldest()
    {
        var queue = Queue(3, BoundedChannelFullMode.DropNewest);
        var dropped = Enumerable.Range(0, 5).Select(i => queue.Write(Message(i))).ToArray();
        queue.Show();
        Assert.Equal([0, 0, 0, 1, 1], dropped);
        Assert.Equal([0, 1, 2], Drain(queue));
        Assert.Equal(2, queue.Dropped);
    }

    [Fact]
    public void Write_FullAndOldestGoes_KeepsTheNewest()
    {
        var queue = Queue(3, BoundedChannelFullMode.DropOldest);
        for (var i = 0; i < 5; i++)
            queue.Write(Message(i));
        queue.Show();
        Assert.Equal([2, 3, 4], Drain(queue));
        Assert.Equal(2, queue.Dropped);
    }

    [Fact]
    public void Write_MoreBytesThanAllowed_Drops()
    {
        var queue = new MessageQueue(new QueueBounds(1000, 40, BoundedChannelFullMode.Wait), _pool);
        var dropped = Enumerable.Range(0, 4).Select(_ => queue.Write(Message(0, payload: 8))).ToArray();
        Assert.Equal([0, 0, 1, 1], dropped);
    }

    [Fact]
    public void Write_LargeMessagesAfterSmallOnesAndOldestGoes_StaysWithinItsBytes()
    {
        var queue = new MessageQueue(new QueueBounds(1000, 2_000, BoundedChannelFullMode.DropOldest), _pool);
        var dropped = 0;
        for (var i = 0; i < 100; i++)
            dropped += queue.Write(Message(i, payload: 1));
        for (var i = 100; i < 110; i++)
            dropped += queue.Write(Message(i, payload: 900));
        queue.Show();

        Assert.Equal([108, 109], Drain(queue));
        Assert.Equal((108, 108L), (dropped, queue.Dropped));
    }

    [Fact]
    public void IsSlow_AfterReadersCaughtUp_EndsWithTheNextMessage()
    {
        var queue = Queue(4, BoundedChannelFullMode.DropNewest);
        for (var i = 0; i < 6; i++)
            queue.Write(Message(i));
        Assert.True(queue.IsSlow);
        queue.Show();
        Drain(queue);
        queue.Write(Message(7));
        Assert.False(queue.IsSlow);
    }

    [Fact]
    public void Write_FewMessagesInManyBuffers_CopiesThemTogether()
    {
        var queue = Queue(10_000, BoundedChannelFullMode.Wait);
        var before = Enumerable.Range(0, 2000).Select(_ => _pool.Rent()).ToArray();
        for (var i = 0; i < before.Length; i++)
        {
            queue.Write(Message(i, buffer: before[i]));
            before[i].Seal();
        }

        // 2,000 buffers of 4 KiB would be 8 MiB for 2,000 small messages: most must have come back at once.
        var returned = Enumerable.Range(0, 100).Select(_ => _pool.Rent()).Count(before.Contains);
        queue.Show();
        Assert.Equal(Enumerable.Range(0, 2000), Drain(queue));
        Assert.Equal(100, returned);
    }

    [Fact]
    public async Task TryRead_ByManyReadersAtOnce_GivesEachMessageOnce()
    {
        const int Count = 200_000;
        var queue = Queue(Count, BoundedChannelFullMode.Wait);
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(() => ReadAllAsync(queue))).ToArray();
        var buffer = _pool.Rent();
        for (var i = 0; i < Count; i++)
        {
            queue.Write(Message(i, buffer: buffer, at: i % 100 * 40));
            if (i % 100 == 99)
            {
                queue.Show();
                buffer = _pool.Rent();
            }
        }

        queue.Show();
        queue.Signal.Complete(null);
        var read = (await Task.WhenAll(readers)).SelectMany(r => r).Order().ToArray();
        Assert.Equal(Enumerable.Range(0, Count), read);
    }

    [Fact]
    public async Task WaitAsync_Cancelled_Throws()
    {
        var queue = Queue(1, BoundedChannelFullMode.Wait);
        using var source = new CancellationTokenSource();
        var waiting = queue.Signal.WaitAsync(queue, source.Token).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        queue.Write(Message(1));
        queue.Show();
        Assert.True(await queue.Signal.WaitAsync(queue, CancellationToken.None));
    }

    [Fact]
    public async Task WaitAsync_CancelledBesideAnotherReader_IsForgotten()
    {
        var queue = Queue(1, BoundedChannelFullMode.Wait);
        var first = queue.Signal.WaitAsync(queue, CancellationToken.None).AsTask();
        for (var i = 0; i < 100; i++)
        {
            using var source = new CancellationTokenSource();
            var second = queue.Signal.WaitAsync(queue, source.Token).AsTask();
            Assert.Equal(2, queue.Signal.Waiting);
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
            Assert.Equal(1, queue.Signal.Waiting);
        }

        queue.Signal.Complete(null);
        Assert.False(await first);
    }

    [Fact]
    public async Task WaitAsync_ByTwoReaders_WakesBothWhenItEnds()
    {
        var queue = Queue(1, BoundedChannelFullMode.Wait);
        var first = queue.Signal.WaitAsync(queue, CancellationToken.None).AsTask();
        var second = queue.Signal.WaitAsync(queue, CancellationToken.None).AsTask();
        queue.Signal.Complete(null);
        Assert.False(await first);
        Assert.False(await second);
        Assert.True(queue.Signal.Completion.IsCompletedSuccessfully);
    }

    private static async Task<List<int>> ReadAllAsync(MessageQueue queue)
    {
        var read = new List<int>();
        while (await queue.Signal.WaitAsync(queue, CancellationToken.None))
            read.AddRange(Drain(queue));
        return read;
    }

    private static List<int> Drain(MessageQueue queue)
    {
        var read = new List<int>();
        while (queue.TryRead(out var message))
        {
            read.Add(int.Parse(Encoding.ASCII.GetString(message.Subject), null));
            message.Buffer.Release();
        }

        return read;
    }

    private MessageQueue Queue(int messages, BoundedChannelFullMode mode) => new(new QueueBounds(messages, 1 << 26, mode), _pool);

    /// <summary>A message whose subject is a number.</summary>
    private RawMessage Message(int number, int payload = 3, ReceiveBuffer? buffer = null, int at = 0)
    {
        buffer ??= _pool.Rent();
        var bytes = Encoding.ASCII.GetBytes($"MSG {number} 1 {payload}\r\n{new string('x', payload)}\r\n");
        bytes.CopyTo(buffer.Bytes, at);
        ServerParser.Parse(bytes, 1024, out var command);
        return new RawMessage(buffer, at, command);
    }
}
