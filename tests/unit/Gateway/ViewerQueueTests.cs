using System.Text;
using SignalStream.Contracts;
using SignalStream.Gateway.Relay;

namespace SignalStream.UnitTests.Gateway;

public class ViewerQueueTests
{
    private const int FrameBytes = FrameHeader.Size + 40;

    private readonly RelayKit _kit = new();

    [Fact]
    public void TryTake_Empty_GivesNothing() => Assert.False(_kit.NewQueue(1000).TryTake(out _));

    [Fact]
    public void TryTake_RoomForAll_GivesFramesInOrderAsTheyCame()
    {
        var queue = _kit.NewQueue(10 * FrameBytes);
        var stream = _kit.NewStream();
        for (ulong i = 0; i < 10; i++)
            Add(queue, stream, i * 10);
        Assert.Equal(10 * FrameBytes, queue.Bytes);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (FrameKind.Samples, (ulong)i * 10, 10UL)), TakeAll(queue));
        Assert.Equal(0, queue.Bytes);
        Assert.Equal(0, _kit.Buffers.Out);
    }

    [Fact]
    public void AddWave_NoRoom_DropsTheOldestAndTellsTheGapInItsPlace()
    {
        var queue = _kit.NewQueue(3 * FrameBytes);
        var stream = _kit.NewStream();
        for (ulong i = 0; i < 8; i++)
            Add(queue, stream, i * 10);
        Assert.Equal(
            [(FrameKind.Gap, 0UL, 50UL), (FrameKind.Samples, 50, 10), (FrameKind.Samples, 60, 10), (FrameKind.Samples, 70, 10)],
            TakeAll(queue));
        Assert.Equal(50, stream.Account.Dropped);
    }

    [Fact]
    public void AddWave_FrameLargerThanTheBound_IsToldAsGap()
    {
        var queue = _kit.NewQueue(FrameBytes - 1);
        Add(queue, _kit.NewStream(), 100);
        Assert.Equal([(FrameKind.Gap, 100UL, 10UL)], TakeAll(queue));
        Assert.Equal(0, _kit.Buffers.Out);
    }

    [Fact]
    public void TryTake_DroppedFramesAroundAGapOfTheBus_TellsOneStretchOverAll()
    {
        var queue = _kit.NewQueue(FrameBytes);
        var stream = _kit.NewStream();
        Add(queue, stream, 0);
        Add(queue, stream, 40);
        Add(queue, stream, 50);
        Assert.Equal([(FrameKind.Gap, 0UL, 50UL), (FrameKind.Samples, 50, 10)], TakeAll(queue));
        Assert.Equal(20, stream.Account.Dropped);
    }

    [Fact]
    public void TryTake_DroppedFramesOfTwoEpochs_TellsAGapForEach()
    {
        var queue = _kit.NewQueue(FrameBytes);
        var stream = _kit.NewStream();
        Add(queue, stream, 500, epoch: 1);
        Add(queue, stream, 0, epoch: 2);
        Add(queue, stream, 10, epoch: 2);
        Assert.Equal([(FrameKind.Gap, 500UL, 10UL), (FrameKind.Gap, 0, 10), (FrameKind.Samples, 10, 10)], TakeAll(queue));
    }

    [Fact]
    public async Task TryTake_FramesOlderThanTheAge_AreDroppedAndTheGapIsToldWithoutAnotherFrame()
    {
        var queue = _kit.NewQueue(1000);
        Add(queue, _kit.NewStream(), 0);
        _kit.Time.Advance(TimeSpan.FromSeconds(4));
        Add(queue, _kit.NewStream(topic: new StreamTopic(8, new StreamId("ecg", "b"), _kit.Frames)), 70);
        _kit.Time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal([(FrameKind.Gap, 0UL, 10UL), (FrameKind.Samples, 70, 10)], TakeAll(queue));
        Assert.Equal(1, await _kit.MetricAsync("signalstream_gateway_frames_dropped_total{reason=\"old\"}"));
    }

    [Fact]
    public void DropAged_NobodyTakes_GivesTheMemoryBack()
    {
        var queue = _kit.NewQueue(1000);
        Add(queue, _kit.NewStream(), 0);
        _kit.Time.Advance(TimeSpan.FromSeconds(6));
        queue.DropAged();
        Assert.Equal((0, 0), (queue.Bytes, _kit.Buffers.Out));
    }

    [Fact]
    public void TryTake_TextsAndEventsAddedLater_GoBeforeWavesInTheirOwnOrder()
    {
        var queue = _kit.NewQueue(10_000);
        var stream = _kit.NewStream();
        Add(queue, stream, 0);
        Assert.True(queue.TryAddUrgent(new Outgoing(null, null, Encoding.UTF8.GetBytes("text"))));
        AddEvent(queue, stream, 5);
        Assert.True(queue.TryTake(out var first) && first.Frame is null);
        Assert.Equal([(FrameKind.Event, 1UL, 0UL), (FrameKind.Samples, 0, 10)], TakeAll(queue));
    }

    [Fact]
    public void TryAddUrgent_EventsNeedRoom_WavesMakeItAndNoEventIsLost()
    {
        var queue = _kit.NewQueue(4 * FrameBytes);
        var stream = _kit.NewStream();
        for (ulong i = 0; i < 4; i++)
            Add(queue, stream, i * 10);
        AddEvent(queue, stream, 5);
        AddEvent(queue, stream, 6);
        var taken = TakeAll(queue);
        Assert.Equal(2, taken.Count(f => f.Kind == FrameKind.Event));
        Assert.Equal(40UL, taken.Where(f => f.Kind != FrameKind.Event).Aggregate(0UL, (sum, f) => sum + f.Covers));
    }

    [Fact]
    public void TryAddUrgent_TextsAlonePassTheBound_Fails()
    {
        var queue = _kit.NewQueue(100);
        Assert.True(queue.TryAddUrgent(new Outgoing(null, null, new byte[100])));
        Assert.False(queue.TryAddUrgent(new Outgoing(null, null, new byte[1])));
    }

    [Fact]
    public void TryTake_StreamLeftMeanwhile_SendsNothingOfItAndHoldsNothing()
    {
        var queue = _kit.NewQueue(3 * FrameBytes);
        var stream = _kit.NewStream();
        for (ulong i = 0; i < 5; i++)
            Add(queue, stream, i * 10);
        AddEvent(queue, stream, 5);
        stream.Leave();
        Assert.Empty(TakeAll(queue));
        Assert.Equal((0, 0), (queue.Bytes, _kit.Buffers.Out));
    }

    [Fact]
    public void NewestOnly_Set_KeepsTheLastWaveOfEachStreamInTheirOrder()
    {
        var queue = _kit.NewQueue(100_000);
        var (one, other) = (_kit.NewStream(), _kit.NewStream(topic: new StreamTopic(8, new StreamId("ecg", "b"), _kit.Frames)));
        for (ulong i = 0; i < 5; i++)
        {
            Add(queue, one, i * 10);
            Add(queue, other, 1000 + i * 10);
        }

        queue.NewestOnly = true;
        Assert.Equal((2 * FrameBytes, 2), (queue.Bytes, _kit.Buffers.Out));
        Add(queue, one, 50);
        queue.NewestOnly = false;
        Add(queue, one, 60);
        Assert.Equal(
            [
                (FrameKind.Gap, 0UL, 50UL), (FrameKind.Gap, 1000, 40),
                (FrameKind.Samples, 50, 10), (FrameKind.Samples, 1040, 10), (FrameKind.Samples, 60, 10),
            ],
            TakeAll(queue));
        Assert.Equal((50L, 40L), (one.Account.Dropped, other.Account.Dropped));
        Assert.Equal((0, 0), (queue.Bytes, _kit.Buffers.Out));
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 1)]
    public void Complete_WithWavesAndEvents_DropsWavesAndOnRequestAll(bool all, int left)
    {
        var queue = _kit.NewQueue(10_000);
        var stream = _kit.NewStream();
        Add(queue, stream, 0);
        AddEvent(queue, stream, 5);
        queue.Complete(all);
        Add(queue, stream, 10);
        Assert.Equal(left, TakeAll(queue).Count);
        Assert.Equal(0, _kit.Buffers.Out);
    }

    [Fact]
    public void TryTake_AnyInterleaving_AccountsForEverySampleOfEveryStream()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var run = new RandomRun(seed);
            run.Play();
            run.Check();
        }
    }

    private void Add(ViewerQueue queue, ViewerStream stream, ulong first, uint epoch = 1)
    {
        var frame = _kit.Shared(first, epoch: epoch);
        queue.AddWave(stream, frame);
        frame.Release();
    }

    private void AddEvent(ViewerQueue queue, ViewerStream stream, ulong index)
    {
        var frame = _kit.Frames.Event(stream.Topic.Number, 250, RelayKit.Rate(index));
        Assert.True(queue.TryAddUrgent(new Outgoing(stream, frame, null)));
        frame.Release();
    }

    private static List<(FrameKind Kind, ulong First, ulong Covers)> TakeAll(ViewerQueue queue)
    {
        var taken = new List<(FrameKind, ulong, ulong)>();
        while (queue.TryTake(out var next))
        {
            if (next.Frame is not { } frame)
                continue;
            taken.Add((frame.Header.Kind, frame.Header.First, frame.Covers));
            frame.Release();
        }

        return taken;
    }

    /// <summary>Several streams, some with gaps of their own, into one queue that is emptied by fits and starts.</summary>
    private sealed class RandomRun
    {
        private readonly RelayKit _kit = new();
        private readonly Random _random;
        private readonly ViewerQueue _queue;
        private readonly (ViewerStream Stream, FakeSource Source)[] _streams;
        private readonly Dictionary<uint, (ulong Next, long Samples)> _seen = [];

        public RandomRun(int seed)
        {
            _random = new Random(seed);
            _queue = _kit.NewQueue(_random.Next(1, 30) * FrameBytes);
            _streams = [.. Enumerable.Range(1, 3).Select(NewStream)];
        }

        public void Play()
        {
            for (var step = 0; step < 400; step++)
            {
                var (stream, source) = _streams[_random.Next(_streams.Length)];
                var frame = _kit.Shared(source.Next(_random, out var count), count);
                _queue.AddWave(stream, frame);
                frame.Release();
                if (_random.Next(50) == 0)
                    _kit.Time.Advance(TimeSpan.FromSeconds(_random.Next(7)));
                for (var takes = _random.Next(4) == 0 ? _random.Next(6) : 0; takes > 0 && _queue.TryTake(out var next); takes--)
                    See(next);
            }

            while (_queue.TryTake(out var next))
                See(next);
        }

        public void Check()
        {
            foreach (var (stream, source) in _streams)
            {
                var seen = _seen.GetValueOrDefault(stream.Topic.Number);
                Assert.Equal(source.Produced, stream.Account.Delivered + stream.Account.Dropped);
                Assert.Equal(stream.Account.Delivered, seen.Samples);
                Assert.Equal(source.End, seen.Next);
            }

            Assert.Equal((0, 0), (_queue.Bytes, _kit.Buffers.Out));
        }

        private (ViewerStream, FakeSource) NewStream(int number)
        {
            var topic = new StreamTopic((uint)number, new StreamId("ecg", $"bed-{number}"), _kit.Frames);
            return (_kit.NewStream(topic: topic), new FakeSource());
        }

        // Gaps and frames join without a hole and without an overlap.
        private void See(Outgoing next)
        {
            var frame = next.Frame!;
            var number = next.Stream!.Topic.Number;
            var seen = _seen.GetValueOrDefault(number);
            var hole = frame.Header.First - seen.Next;
            Assert.True(frame.Header.First >= seen.Next, "Something came twice or out of order.");
            Assert.True(hole % 1000 == 0, $"A hole of {hole}.");
            if (frame.Header.Kind == FrameKind.Samples)
            {
                next.Stream.CountDelivered(frame);
                seen.Samples += frame.Samples;
            }

            _seen[number] = (frame.Header.First + frame.Covers, seen.Samples);
            frame.Release();
        }
    }

    /// <summary>Numbers its samples; at times a thousand of them never reach the bus.</summary>
    private sealed class FakeSource
    {
        public long Produced { get; private set; }

        public ulong End { get; private set; }

        public ulong Next(Random random, out int count)
        {
            count = random.Next(1, 20);
            var first = End + (random.Next(40) == 0 ? 1000UL : 0);
            End = first + (ulong)count;
            Produced += count;
            return first;
        }
    }
}
