using System.Runtime.InteropServices;
using Prometheus;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Partitions;
using SignalStream.Processor.Heart;
using SignalStream.Signal.Synthesis;

namespace SignalStream.UnitTests.Processor;

/// <summary>A heart's stream as the log gives it to its worker: frames in blocks of ten samples, a tick each second.</summary>
internal sealed class HeartFeed
{
    public const float RateHz = 250;
    public const long StartNs = 1_780_000_000_000_000_000;
    private const int Block = 10;
    private const long BlockNs = 40_000_000;
    private const long SecondNs = 1_000_000_000;

    private long _nextTickNs = StartNs + SecondNs;
    private ulong _next;

    public HeartStream Stream { get; private set; } = NewStream();

    public List<SignalEvent> Events { get; } = [];

    public IEnumerable<AlertEvent> Alerts => Events.OfType<AlertEvent>();

    public long LogNs { get; private set; } = StartNs;

    /// <summary>Saves and restores before each frame, when asked to.</summary>
    public bool MovesAllTheTime { get; init; }

    public uint Epoch { get; set; } = 7;

    public static HeartStream NewStream(int leads = 2) => new(
        new StreamId("ecg", "bed-1"),
        new HeartOptions { Leads = leads },
        new HeartMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry())));

    /// <summary>Samples of a heart, shape (seconds · rate).</summary>
    public static float[] Ecg(int seconds, double bpm = 72, double noiseMv = 0.01, ulong seed = 3)
    {
        var generator = new EcgGenerator(new EcgSettings
        {
            RateHz = RateHz,
            HeartRateBpm = bpm,
            HeartRateSdBpm = 1,
            NoiseSdMv = noiseMv,
            Seed = seed,
        });
        var samples = new float[seconds * (int)RateHz];
        generator.Process(samples, new SyntheticBeat[generator.MaxBeats(samples.Length)]);
        return samples;
    }

    /// <summary>A line without a heart, with the murmur of electrodes.</summary>
    public static float[] Murmur(int seconds)
    {
        var random = new Random(5);
        return [.. Enumerable.Range(0, seconds * (int)RateHz).Select(_ => (float)(0.02 * random.NextDouble()))];
    }

    public static byte[] Frame(ulong first, uint epoch, float rateHz, params float[][] channels)
    {
        var count = channels[0].Length;
        var frame = new byte[FrameHeader.Size + (channels.Length * count * sizeof(float))];
        var timeNs = StartNs + (long)(first * 1e9 / rateHz);
        new FrameHeader(FrameKind.Samples, 0, count, 0, epoch, rateHz, first, timeNs).Write(frame);
        for (var channel = 0; channel < channels.Length; channel++)
            MemoryMarshal.AsBytes<float>(channels[channel]).CopyTo(frame.AsSpan(FrameHeader.Size + (channel * count * sizeof(float))));
        return frame;
    }

    public void Limits(string json) => Stream.Set("heart", System.Text.Encoding.UTF8.GetBytes(json), Events);

    /// <summary>Whole blocks of the channels, one behind the other in the log.</summary>
    public void Send(params float[][] channels)
    {
        for (var at = 0; at + Block <= channels[0].Length; at += Block)
        {
            Pass(BlockNs);
            if (MovesAllTheTime)
                Move();
            var frame = Frame(_next, Epoch, RateHz, [.. channels.Select(c => c[at..(at + Block)])]);
            Assert.Null(Stream.Process(new LogMessage(1, LogNs, frame), Events));
            _next += Block;
        }
    }

    /// <summary>The source says that it has ended.</summary>
    /// <param name="ahead">Samples that never came before it.</param>
    public void End(ulong ahead = 0)
    {
        Pass(0);
        if (MovesAllTheTime)
            Move();
        var mark = EndMark.Make(Epoch, RateHz, _next + ahead, StartNs + (long)((_next + ahead) * 1e9 / RateHz));
        Assert.Null(Stream.Process(new LogMessage(1, LogNs, mark), Events));
    }

    /// <summary>The source starts again.</summary>
    public void Restart() => (Epoch, _next) = (Epoch + 1, 0);

    /// <summary>Nothing but ticks.</summary>
    public void Silence(int seconds)
    {
        for (var i = 0; i < seconds; i++)
            Pass(SecondNs);
    }

    /// <summary>The log stands still: neither frames nor ticks.</summary>
    public void Outage(int seconds)
    {
        LogNs += seconds * SecondNs;
        _nextTickNs = LogNs;
        Pass(0);
    }

    private void Pass(long ns)
    {
        LogNs += ns;
        for (; _nextTickNs <= LogNs; _nextTickNs += SecondNs)
            Stream.Tick(_nextTickNs, Events);
    }

    private void Move()
    {
        var state = Stream.Save();
        Stream = NewStream();
        Stream.Restore(state);
        Assert.Equal(state, Stream.Save());
    }
}
