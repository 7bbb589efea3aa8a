using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Catalog;
using SignalStream.Producer.Pacing;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Producer;

public sealed class PacerTests
{
    private const long StartNs = 1_780_000_000_000_000_000;

    private readonly ManualTimeProvider _time = new();
    private readonly RecordingBus _bus = new();
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly List<PacedStream> _ended = [];

    [Fact]
    public async Task RunAsync_TimePasses_SendsEachFrameWhenItsLastSampleIsDue()
    {
        await using var run = Start(Stream(new CountingSource("a", 250, 10)));
        // Sample 9 is due 36 ms after the start.
        _time.Advance(TimeSpan.FromMilliseconds(35.9));
        Assert.Empty(_bus.Frames);
        await AdvanceAsync(TimeSpan.FromMilliseconds(0.2), frames: 1);
        await AdvanceAsync(TimeSpan.FromMilliseconds(40), frames: 2);
        Assert.Equal([0UL, 10UL], _bus.Headers.Select(h => h.First));
        Assert.Equal([StartNs, StartNs + 40_000_000], _bus.Headers.Select(h => h.TimeNs));
        Assert.Equal(10, _bus.Headers[1].Count);
    }

    [Fact]
    public async Task RunAsync_ALateTick_SendsWhatHasBecomeDueAndStretchesNothing()
    {
        await using var run = Start(Stream(new CountingSource("a", 250, 10)));
        await AdvanceAsync(TimeSpan.FromSeconds(3), frames: 75);
        await AdvanceAsync(TimeSpan.FromSeconds(1), frames: 100);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (ulong)i * 10), _bus.Headers.Select(h => h.First));
    }

    [Fact]
    public async Task RunAsync_AStallLongerThanTheLimit_LeavesAGapInsteadOfAFlood()
    {
        var taken = new TaskCompletionSource();
        _bus.Taken = taken.Task;
        await using var run = Start(Stream(new CountingSource("a", 250, 10)));
        await AdvanceAsync(TimeSpan.FromMilliseconds(36), frames: 1);
        _time.Advance(TimeSpan.FromSeconds(60));
        taken.SetResult();
        await Eventually.TrueAsync(() => _bus.Frames.Count >= 2);
        // 60.036 s: the first frame that is not yet due then starts at sample 15,000.
        Assert.Equal(15_000UL, _bus.Headers[1].First);
        Assert.Equal(StartNs + (60 * 1_000_000_000L), _bus.Headers[1].TimeNs);
        Assert.Contains("signalstream_producer_samples_skipped_total 14990", await TextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_SourceEnds_SendsTheRestAndTellsTheEnd()
    {
        var source = new CountingSource("a", 250, 10, length: 25);
        var run = Start(Stream(source));
        await AdvanceAsync(TimeSpan.FromSeconds(1), frames: 3);
        await run.Completed;
        Assert.Equal([10, 10, 5], _bus.Headers.Select(h => h.Count));
        Assert.Equal("ecg.a", Assert.Single(_ended).Entry.Stream.ToString());
    }

    [Fact]
    public async Task RunAsync_ManyStreams_KeepsEachInItsOrder()
    {
        await using var run = Start([.. Enumerable.Range(0, 50).Select(i =>
            Stream(new CountingSource(i.ToString(CultureInfo.InvariantCulture), 100 + i * 10, 10), phaseNs: i * 700_000))]);
        await AdvanceAsync(TimeSpan.FromSeconds(2), frames: 50);
        await Eventually.TrueAsync(() => _time.PendingTimers > 0);
        foreach (var stream in _bus.Frames.GroupBy(f => f.Subject))
        {
            var firsts = stream.Select(f => Read(f.Frame).First).ToList();
            Assert.Equal(Enumerable.Range(0, firsts.Count).Select(i => (ulong)i * 10), firsts);
        }
    }

    private Run Start(params PacedStream[] streams)
    {
        var pacer = new Pacer(_bus, new PacerMetrics(Metrics.WithCustomRegistry(_registry)), _time, NullLogger<Pacer>.Instance);
        var stop = new CancellationTokenSource();
        return new Run(pacer.RunAsync(streams, _time.GetTimestamp(), EndedAsync, stop.Token), stop);
    }

    private ValueTask EndedAsync(PacedStream stream)
    {
        _ended.Add(stream);
        return default;
    }

    private static PacedStream Stream(CountingSource source, long phaseNs = 0) => new(source, 7, StartNs, phaseNs);

    private async Task AdvanceAsync(TimeSpan by, int frames)
    {
        await Eventually.TrueAsync(() => _time.PendingTimers > 0);
        _time.Advance(by);
        await Eventually.TrueAsync(() => _bus.Frames.Count >= frames);
    }

    private async Task<string> TextAsync()
    {
        using var text = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(text, ExpositionFormat.PrometheusText, CancellationToken.None);
        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    private static FrameHeader Read(byte[] frame)
    {
        Assert.Equal(FrameError.None, FrameHeader.TryRead(frame, out var header));
        return header;
    }

    private sealed class Run(Task completed, CancellationTokenSource stop) : IAsyncDisposable
    {
        public Task Completed => completed;

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await completed.ContinueWith(_ => { }, TaskScheduler.Default);
            stop.Dispose();
        }
    }

    private sealed class RecordingBus : IFramePublisher
    {
        private readonly List<(string Subject, byte[] Frame)> _frames = [];

        public IReadOnlyList<(string Subject, byte[] Frame)> Frames
        {
            get
            {
                lock (_frames)
                    return [.. _frames];
            }
        }

        public IReadOnlyList<FrameHeader> Headers => [.. Frames.Select(f => Read(f.Frame))];

        /// <summary>Publishing takes until then.</summary>
        public Task Taken { get; set; } = Task.CompletedTask;

        public ValueTask PublishAsync(string subject, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
        {
            lock (_frames)
                _frames.Add((subject, frame.ToArray()));
            return new ValueTask(Taken);
        }
    }

    /// <summary>Samples that count up from 0.</summary>
    private sealed class CountingSource(string id, double rateHz, int batch, int length = int.MaxValue) : IWaveSource
    {
        private int _next;

        public CatalogEntry Entry { get; } = new(new StreamId("ecg", id), id, "mV", rateHz) { Channels = [new("I", 0, 0)] };

        public int BatchSamples => batch;

        public Schedule Schedule { get; } = new(rateHz);

        public int Read(Span<float> values, int count)
        {
            var take = Math.Min(count, length - _next);
            for (var i = 0; i < take; i++)
                values[i] = _next++;
            return take;
        }

        public void Dispose()
        {
        }
    }
}
