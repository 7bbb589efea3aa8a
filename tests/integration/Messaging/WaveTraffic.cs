using NATS.Client.Core;
using NATS.Client.JetStream;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Logs;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Messaging;

/// <summary>An outbox under load, and what its log holds in the end.</summary>
internal sealed class WaveTraffic : IWaveOutboxObserver, IAsyncDisposable
{
    public const int Samples = 10;
    private const int Streams = 20;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private readonly NatsServer _server;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;
    private readonly WaveOutbox _outbox;
    private readonly int[] _made = new int[Streams];
    private long _droppedSamples;
    private int _resent;
    private int _published;

    private WaveTraffic(NatsServer server, NatsOpts options, WaveOutboxSettings settings)
    {
        _server = server;
        Connection = new NatsConnection(options);
        _outbox = new WaveOutbox(Connection, settings, TimeProvider.System, this);
        _run = _outbox.RunAsync(_stop.Token);
    }

    public static WaveOutboxSettings Settings { get; } = new(64 << 20, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(1));

    public NatsConnection Connection { get; }

    public int Published => Volatile.Read(ref _published);

    public long DroppedSamples => Interlocked.Read(ref _droppedSamples);

    public int Resent => Volatile.Read(ref _resent);

    public int Unacknowledged => _outbox.Unacknowledged;

    /// <param name="server">Where the log is.</param>
    /// <param name="options">How the outbox gets there; by itself when null.</param>
    /// <param name="settings">Its bounds; wide ones when null.</param>
    public static async Task<WaveTraffic> StartAsync(NatsServer server, NatsOpts? options = null, WaveOutboxSettings? settings = null)
    {
        await MakeLogAsync(server);
        return new WaveTraffic(server, (options ?? server.ClientOptions) with { RetryOnInitialConnect = true }, settings ?? Settings);
    }

    public static async Task MakeLogAsync(NatsServer server)
    {
        await using var connection = new NatsConnection(server.ClientOptions);
        var log = LogDefinitions.All(new LogOptions { WavesMegabytes = 256 }).Single(s => s.Name == "WAVES");
        await new NatsJSContext(connection).CreateStreamAsync(log);
    }

    /// <summary>One frame of each stream in turn.</summary>
    public async Task PublishAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var stream = Published % Streams;
            await _outbox.PublishAsync(SubjectOf(stream), Frame(_made[stream]++), CancellationToken.None);
            Interlocked.Increment(ref _published);
        }
    }

    /// <summary>Publishes at a rate until it is cancelled, as the pacer does: by an absolute schedule.</summary>
    public async Task PublishAsync(int framesPerSecond, CancellationToken cancellationToken)
    {
        var clock = TimeProvider.System;
        var (start, before) = (clock.GetTimestamp(), Published);
        while (!cancellationToken.IsCancellationRequested)
        {
            await PublishAsync((int)(clock.GetElapsedTime(start).TotalSeconds * framesPerSecond) - (Published - before));
            await Task.Delay(Tick, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async Task FlushAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        Assert.True(await _outbox.FlushAsync(patience.Token), $"{_outbox.Unacknowledged} frames are not acknowledged.");
    }

    /// <summary>Samples of all streams that the log lacks for one who reads it in order.</summary>
    public async Task<long> MissingSamplesAsync()
    {
        var missing = 0L;
        foreach (var (subject, frames) in await ReadLogAsync())
        {
            var stream = Enumerable.Range(0, Streams).Single(s => SubjectOf(s) == subject);
            missing += MissingIn(frames, _made[stream] * Samples);
        }

        return missing;
    }

    void IWaveOutboxObserver.Acknowledged(TimeSpan delay)
    {
    }

    void IWaveOutboxObserver.Resent() => Interlocked.Increment(ref _resent);

    void IWaveOutboxObserver.Refused(string reason)
    {
    }

    void IWaveOutboxObserver.Dropped(int samples) => Interlocked.Add(ref _droppedSamples, samples);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _outbox.DisposeAsync();
        await Connection.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>A frame beyond a gap counts only when the gap's frames never come after it: an order lost is a loss.</summary>
    private static long MissingIn(List<ulong> firsts, int made)
    {
        var everStored = firsts.ToHashSet();
        var next = 0UL;
        var missing = 0L;
        foreach (var first in firsts)
        {
            while (next < first && !everStored.Contains(next))
            {
                next += Samples;
                missing += Samples;
            }

            if (first == next)
                next += Samples;
        }

        return missing + made - (long)next;
    }

    private async Task<Dictionary<string, List<ulong>>> ReadLogAsync()
    {
        await using var connection = new NatsConnection(_server.ClientOptions);
        var jetStream = new NatsJSContext(connection);
        var last = (await jetStream.GetStreamAsync("WAVES")).Info.State.LastSeq;
        var consumer = await jetStream.CreateOrderedConsumerAsync("WAVES");
        var frames = Enumerable.Range(0, Streams).ToDictionary(SubjectOf, _ => new List<ulong>());
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await foreach (var message in consumer.ConsumeAsync<byte[]>(cancellationToken: patience.Token))
        {
            Assert.Equal(FrameError.None, FrameHeader.TryRead(message.Data, out var header));
            frames[message.Subject].Add(header.First);
            if (message.Metadata!.Value.Sequence.Stream == last)
                break;
        }

        return frames;
    }

    private static string SubjectOf(int stream) => Subjects.Of(SignalType.Wave, new StreamId("ecg", $"bed-{stream}"));

    private static byte[] Frame(int number)
    {
        var frame = new byte[FrameHeader.Size + Samples * sizeof(float)];
        new FrameHeader(FrameKind.Samples, 0, Samples, 0, 7, 250, (ulong)number * Samples, number).Write(frame);
        return frame;
    }
}
