using NATS.Client.Core;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Catalog;
using SignalStream.Messaging.Logs;
using SignalStream.TestKit;

namespace SignalStream.ChaosTests.Relay;

/// <summary>Streams in real time by way of the product's own outbox, however often the server goes away.</summary>
internal sealed class WaveSource : IWaveOutboxObserver, IAsyncDisposable
{
    public const int RateHz = 250;
    public const int FrameSamples = 10;

    private readonly NatsConnection _connection;
    private readonly WaveOutbox _outbox;
    private readonly CatalogWriter _catalog;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _end = new();
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly IReadOnlyList<StreamId> _streams;
    private readonly long _startNs;
    private readonly Task _sending;
    private Task _making = Task.CompletedTask;
    private long _frames;
    private int _dropped;

    private WaveSource(NatsServer nats, int streams)
    {
        _connection = new NatsConnection(nats.ClientOptions);
        _outbox = new WaveOutbox(_connection, new WaveOutboxSettings(256 << 20, TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(1)), _time, this);
        _catalog = new CatalogWriter(_connection, "chaos", _time);
        _streams = [.. Enumerable.Range(1, streams).Select(i => new StreamId("ecg", $"chaos-{i}"))];
        _startNs = EventTime.Of(_time.GetUtcNow());
        Epoch = (uint)(_startNs / 1_000_000_000);
        _sending = _outbox.RunAsync(_end.Token);
    }

    public IReadOnlyList<StreamId> Streams => _streams;

    public uint Epoch { get; }

    /// <summary>Samples of each stream so far.</summary>
    public ulong Produced => (ulong)Interlocked.Read(ref _frames) * FrameSamples;

    /// <summary>Samples that the outbox gave up.</summary>
    public int Dropped => _dropped;

    public static async Task<WaveSource> StartAsync(NatsServer nats, int streams)
    {
        var source = new WaveSource(nats, streams);
        await source._connection.ConnectAsync();
        foreach (var stream in source._streams)
        {
            await source._catalog.PutAsync(
                new CatalogEntry(stream, stream.Id, "mV", RateHz) { Channels = [new CatalogChannel("I", -1, 1)], Source = "chaos", Simulated = true, Epoch = source.Epoch, EpochStartNs = source._startNs, Life = Life.Live },
                default);
        }

        source._making = source.MakeAsync();
        return source;
    }

    public static float Value(int stream, ulong place) => stream + (float)(place % 1009);

    /// <summary>When a sample was made.</summary>
    public long TimeOf(ulong place) => _startNs + (long)(place * (1e9 / RateHz));

    /// <summary>Makes no more; the outbox goes on until the log has all.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _making;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _end.CancelAsync();
        await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _outbox.DisposeAsync();
        await _connection.DisposeAsync();
        _stop.Dispose();
        _end.Dispose();
    }

    public void Acknowledged(TimeSpan delay)
    {
    }

    public void Resent()
    {
    }

    public void Refused(string reason)
    {
    }

    void IWaveOutboxObserver.Dropped(int samples) => Interlocked.Add(ref _dropped, samples);

    private async Task MakeAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5), _time);
        while (!_stop.IsCancellationRequested && await timer.WaitForNextTickAsync(default))
        {
            while (_time.GetUtcNow() >= DateTimeOffset.UnixEpoch.AddTicks(TimeOf(Produced + FrameSamples) / 100))
                await MakeFrameAsync();
        }
    }

    private async Task MakeFrameAsync()
    {
        var first = Produced;
        for (var i = 0; i < _streams.Count; i++)
        {
            var frame = new byte[FrameHeader.Size + (sizeof(float) * FrameSamples)];
            new FrameHeader(FrameKind.Samples, 0, FrameSamples, 0, Epoch, RateHz, first, TimeOf(first)).Write(frame);
            for (var s = 0; s < FrameSamples; s++)
                BitConverter.TryWriteBytes(frame.AsSpan(FrameHeader.Size + (sizeof(float) * s)), Value(i, first + (ulong)s));
            await _outbox.PublishAsync(Subjects.Of(SignalType.Wave, _streams[i]), frame, default);
        }

        Interlocked.Increment(ref _frames);
    }
}
