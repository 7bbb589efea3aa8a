using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using SignalStream.Contracts;
using SignalStream.Gateway.Relay;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Gateway;

/// <summary>A relay without a bus: a clock that a test moves, counted buffers, and metrics of its own.</summary>
internal sealed class RelayKit
{
    private readonly CollectorRegistry _registry = Prometheus.Metrics.NewCustomRegistry();

    public RelayKit(RelayOptions? options = null, bool isCompressed = false)
    {
        Options = options ?? new RelayOptions();
        Frames = new FramePool(Buffers);
        Metrics = new RelayMetrics(Prometheus.Metrics.WithCustomRegistry(_registry));
        Topic = new StreamTopic(7, Stream, Frames);
        Worker = new RelayWorker(Options, Frames, Metrics, Time, NullLogger.Instance);
        Socket = new FakeWire();
        Viewer = NewViewer(Socket, isCompressed ? new MessageForm(deflating: Metrics) : null);
    }

    public static StreamId Stream { get; } = new("ecg", "bed-1");

    public RelayOptions Options { get; }

    public ManualTimeProvider Time { get; } = new();

    public CountingPool Buffers { get; } = new();

    public FramePool Frames { get; }

    public RelayMetrics Metrics { get; }

    public StreamTopic Topic { get; }

    public FakeWire Socket { get; }

    public Viewer Viewer { get; }

    public RelayWorker Worker { get; }

    /// <summary>A viewer that has said something already, so that it may be sent to.</summary>
    public Viewer NewViewer(FakeWire wire, MessageForm? form = null, long id = 1)
    {
        var viewer = new Viewer(id, wire, Worker, new KeepAlive(TimeSpan.FromHours(2), TimeSpan.FromHours(1), Time), form);
        viewer.Open();
        return viewer;
    }

    /// <summary>Has the worker do all there is to do.</summary>
    public void Work()
    {
        while (Worker.RunOnce())
        {
        }
    }

    public ViewerQueue NewQueue(int maxBytes) =>
        new(maxBytes, TimeSpan.FromSeconds(Options.MaxAgeSeconds), Frames, Metrics, Time);

    public ViewerStream NewStream(TypeSet? types = null, StreamTopic? topic = null) =>
        new(Viewer, topic ?? Topic, types ?? TypeSet.All);

    /// <summary>A frame as it comes from the bus.</summary>
    public static byte[] Wave(ulong first, int count = 10, uint epoch = 1, int channels = 1)
    {
        var frame = new byte[FrameHeader.Size + sizeof(float) * count * channels];
        new FrameHeader(FrameKind.Samples, 0, count, 0, epoch, 250, first, (long)first * 4_000_000).Write(frame);
        for (var i = 0; i < count * channels; i++)
            BinaryPrimitives.WriteSingleLittleEndian(frame.AsSpan(FrameHeader.Size + 4 * i), first + (ulong)i);
        return frame;
    }

    public SharedFrame Shared(ulong first, int count = 10, uint epoch = 1) => Shared(Wave(first, count, epoch), Topic);

    public SharedFrame Shared(byte[] frame, StreamTopic topic)
    {
        Assert.Equal(FrameError.None, FrameHeader.TryRead(frame, out var header));
        return Frames.Copy(frame, header, topic.Number);
    }

    /// <summary>As a stream's feed does.</summary>
    public void Publish(SharedFrame frame, StreamTopic? topic = null)
    {
        (topic ?? Topic).Publish(frame);
        frame.Release();
    }

    public static LoggedEvent Rate(ulong index, uint epoch = 1, double bpm = 60, ulong sequence = 1) => Logged(
        new HeartRateEvent(new EventPlace(Stream, epoch, index, (long)index * 4_000_000), "rate/1", bpm, bpm, 8, 1, null), sequence);

    public static LoggedEvent Beat(ulong index, uint epoch = 1, ulong sequence = 1) => Logged(
        new BeatEvent(new EventPlace(Stream, epoch, index, (long)index * 4_000_000), "beats/1", 800, 1, 90, 1, BeatKind.Normal), sequence);

    /// <summary>A metric as it is exported; 0 when it is not there.</summary>
    public async Task<double> MetricAsync(string nameAndLabels)
    {
        using var text = new MemoryStream();
        await _registry.CollectAndExportAsTextAsync(text, CancellationToken.None);
        var line = Encoding.UTF8.GetString(text.ToArray()).Split('\n')
            .FirstOrDefault(l => l.StartsWith(nameAndLabels + " ", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line[(nameAndLabels.Length + 1)..], CultureInfo.InvariantCulture);
    }

    private static LoggedEvent Logged(SignalEvent happened, ulong sequence) =>
        new(sequence, DateTimeOffset.UnixEpoch, happened, EventCodec.Encode(happened));
}

/// <summary>A pool that knows what is out, and refuses what is not.</summary>
internal sealed class CountingPool : ArrayPool<byte>
{
    private readonly HashSet<byte[]> _out = new(ReferenceEqualityComparer.Instance);

    public int Out
    {
        get
        {
            lock (_out)
                return _out.Count;
        }
    }

    public override byte[] Rent(int minimumLength)
    {
        var buffer = new byte[minimumLength + 3];
        lock (_out)
            _out.Add(buffer);
        return buffer;
    }

    public override void Return(byte[] array, bool clearArray = false)
    {
        lock (_out)
            Assert.True(_out.Remove(array), "Returned twice, or not from here.");
        // Whoever still reads it shall notice.
        array.AsSpan().Fill(0xEE);
    }
}
