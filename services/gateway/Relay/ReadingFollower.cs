using NATS.Client.Core;
using SignalStream.Hosting.Nats;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;

namespace SignalStream.Gateway.Relay;

/// <summary>Readings of network targets from the bus to who watches them: there they are fastest, and each has its place.</summary>
internal sealed class ReadingFollower(
    SignalBus bus, RelayHub hub, RelayOptions options, NatsReadiness readiness, RelayMetrics metrics, TimeProvider time, ILogger<ReadingFollower> log)
    : BackgroundService
{
    private const string Kind = "net";
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    private Complaints _complaints = new(time);
    private ulong _count;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await readiness.WaitAsync(stoppingToken);
            while (true)
            {
                await FollowAsync(stoppingToken);
                await Task.Delay(RetryAfter, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        try
        {
            await using var readings = await bus.SubscribeAsync(Subjects.OfKind(SignalType.Reading, Kind), options.BusFrames, stoppingToken);
            while (await readings.WaitToReadAsync(stoppingToken))
            {
                while (readings.TryRead(out var message))
                {
                    using (message)
                        Relay(message);
                }
            }
        }
        catch (NatsException exception)
        {
            log.LogInterrupted("bus", exception.Message);
        }
    }

    private void Relay(in WaveMessage message)
    {
        metrics.FrameIn();
        if (!Subjects.TryParseStream(message.Subject, out var stream))
            return;
        if (!ReadingCodec.TryDecode(message.Frame, out var reading, out var error))
        {
            metrics.FrameRejected("reading");
            if (_complaints.IsDue())
                log.EventRefused(message.Subject, error);
            return;
        }

        var happened = ProbeReadingEvent.Of(stream, reading);
        var logged = new LoggedEvent(++_count, time.GetUtcNow(), happened, EventCodec.Encode(happened));
        if (!hub.TryPublish(SignalType.Reading, logged))
            metrics.FrameRejected("repeat");
    }
}
