using System.Threading.Channels;
using NATS.Client.Core;
using SignalStream.Contracts;
using SignalStream.Hosting.Nats;
using SignalStream.Messaging.Logs;

namespace SignalStream.Gateway.Recorder;

/// <summary>Appends every reading to the daily files, twice a second; goes on after a restart where the files end.</summary>
internal sealed class Recorder(
    ReadingTail log, NatsReadiness readiness, RecorderOptions options, RecorderMetrics metrics, TimeProvider time, ILogger<Recorder> logger) : BackgroundService
{
    /// <summary>Readings that wait; then the log is read no further, and keeps them.</summary>
    private const int Most = 16_384;

    private const int SweepEvery = 120;

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Channel<(StreamId Stream, LoggedMessage Message)> _read = Channel.CreateBounded<(StreamId, LoggedMessage)>(
        new BoundedChannelOptions(Most) { SingleReader = true, SingleWriter = true });

    private DateTimeOffset _began;
    private bool _isFailing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Directory.Length == 0)
            return;
        _began = time.GetUtcNow();
        try
        {
            await readiness.WaitAsync(stoppingToken);
            await RecordAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop; what was read and not written is in the log.
        }
    }

    private async Task RecordAsync(CancellationToken stoppingToken)
    {
        using var files = await OpenAsync(stoppingToken);
        logger.Recording(options.Directory, options.Days, options.Megabytes);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var reading = ReadAsync(await StartAsync(files, stoppingToken), ending.Token);
        try
        {
            await WriteAsync(files, stoppingToken);
        }
        finally
        {
            await ending.CancelAsync();
            await reading;
            while (_read.Reader.TryRead(out var last))
                files.Add(last.Stream, last.Message);
            Try(files.Write);
        }
    }

    private async Task ReadAsync(LogStart start, CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var reading in log.ReadAsync(start, exception => logger.ReadingInterrupted(exception.Message), stoppingToken))
                await _read.Writer.WriteAsync(reading, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    private async Task WriteAsync(DailyFiles files, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        for (var ticks = 0; await timer.WaitForNextTickAsync(stoppingToken); ticks++)
        {
            if (ticks % SweepEvery == 0)
                Try(files.Sweep);
            do
            {
                while (files.Waiting < Most && _read.Reader.TryRead(out var next))
                    files.Add(next.Stream, next.Message);
                metrics.Waiting(files.Waiting);
                if (!Try(files.Write))
                    await Task.Delay(Pause, time, stoppingToken);
            }
            while (_read.Reader.Count > Most / 2);
        }
    }

    /// <summary>A folder that cannot be read yet may be later.</summary>
    private async Task<DailyFiles> OpenAsync(CancellationToken stoppingToken)
    {
        DailyFiles? files = null;
        while (!Try(() => files = new DailyFiles(options, metrics, time)))
            await Task.Delay(Pause, time, stoppingToken);
        return files!;
    }

    /// <summary>Behind what the files have; without any, from this start on.</summary>
    private async Task<LogStart> StartAsync(DailyFiles files, CancellationToken stoppingToken)
    {
        while (files.Behind is { } place)
        {
            try
            {
                return await log.BehindAsync(place.Sequence, place.Stored, stoppingToken);
            }
            catch (NatsException exception)
            {
                logger.ReadingInterrupted(exception.Message);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }

        return new LogStart(0, _began);
    }

    /// <summary>A failure is counted, told once until it is over, and harmless: the log keeps the readings meanwhile.</summary>
    private bool Try(Action act)
    {
        try
        {
            act();
            if (_isFailing)
                logger.RecordingAgain(options.Directory);
            _isFailing = false;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            metrics.Failed();
            if (!_isFailing)
                logger.RecordingFailed(options.Directory, exception.Message);
            _isFailing = true;
            return false;
        }
    }
}
