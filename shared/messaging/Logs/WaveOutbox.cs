using NATS.Client.Core;

namespace SignalStream.Messaging.Logs;

/// <summary>Bounds of a <see cref="WaveOutbox"/>.</summary>
/// <param name="MaxBytes">Memory for frames that are not acknowledged; above it the oldest go.</param>
/// <param name="MaxAge">An older frame is not sent any more.</param>
/// <param name="AckTimeout">A log that has said nothing for so long is asked. Readers give up on a frame after 2 s.</param>
public sealed record WaveOutboxSettings(long MaxBytes, TimeSpan MaxAge, TimeSpan AckTimeout);

/// <summary>Is told what becomes of the frames; quickly, since they wait meanwhile.</summary>
public interface IWaveOutboxObserver
{
    /// <summary>The log has a frame, so long after it was taken.</summary>
    void Acknowledged(TimeSpan delay);

    /// <summary>A frame is sent once more.</summary>
    void Resent();

    /// <summary>A frame could not be stored this time, and why.</summary>
    void Refused(string reason);

    /// <summary>A frame is given up: it is too old, there are too many, or it is too long for the server.</summary>
    void Dropped(int samples);
}

/// <summary>Brings frames into their log, and by the same message to all who watch, without ever keeping the source waiting.</summary>
/// <remarks>
/// Many are under way; what the log has not acknowledged is kept, within bounds, and sent again when it was lost: after a lost
/// or refused frame and after each reconnection, from the first unacknowledged one on and in order. While the log is silent,
/// new frames go on being sent, for those who watch.
/// </remarks>
public sealed class WaveOutbox : IFramePublisher, IAsyncDisposable
{
    private static readonly TimeSpan CheckEvery = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly IWaveLine _line;
    private readonly IWaveOutboxObserver _observer;
    private readonly TimeProvider _time;
    private readonly WaveWindow _window;
    private readonly long _start;
    private bool _isAwake;
    private TaskCompletionSource? _empty;

    /// <summary>Starts empty; nothing is sent before <see cref="RunAsync"/>.</summary>
    /// <param name="connection">To the server with the log.</param>
    /// <param name="settings">How much is kept.</param>
    /// <param name="time">For ages and timeouts.</param>
    /// <param name="observer">Told what becomes of the frames.</param>
    public WaveOutbox(INatsConnection connection, WaveOutboxSettings settings, TimeProvider time, IWaveOutboxObserver observer)
        : this(new NatsWaveLine(connection), settings, time, observer)
    {
    }

    internal WaveOutbox(IWaveLine line, WaveOutboxSettings settings, TimeProvider time, IWaveOutboxObserver observer)
    {
        (_line, _time, _observer) = (line, time, observer);
        _window = new WaveWindow(settings, observer);
        _start = time.GetTimestamp();
    }

    /// <summary>Frames that are kept because the log may not have them.</summary>
    public int Unacknowledged
    {
        get
        {
            lock (_gate)
                return _window.Unacknowledged;
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Takes a copy of the frame, and never waits: where there are too many, the oldest is dropped.</summary>
    public ValueTask PublishAsync(string subject, ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        var copy = frame.ToArray();
        lock (_gate)
        {
            _window.Add(subject, copy, Now);
            Wake();
        }

        return default;
    }

    /// <summary>Sends until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _line.Opened += OnOpened;
        try
        {
            await _line.ListenAsync(end.Token);
            await using var checks = _time.CreateTimer(_ => Check(), null, CheckEvery, CheckEvery);
            var sending = SendAsync(end.Token);
            var hearing = HearAsync(end.Token);
            await await Task.WhenAny(sending, hearing);
        }
        finally
        {
            _line.Opened -= OnOpened;
            await end.CancelAsync();
        }
    }

    /// <summary>Waits until the log has every frame.</summary>
    /// <returns>False when it was cancelled before.</returns>
    public async Task<bool> FlushAsync(CancellationToken cancellationToken)
    {
        Task empty;
        lock (_gate)
        {
            if (_window.Unacknowledged == 0)
                return true;
            _empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            empty = _empty.Task;
        }

        await empty.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return empty.IsCompleted;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_line is IAsyncDisposable line)
            await line.DisposeAsync();
        _wake.Dispose();
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _wake.WaitAsync(cancellationToken);
            while (TryTake(out var sending))
            {
                try
                {
                    await _line.SendAsync(sending, cancellationToken);
                }
                catch (NatsPayloadTooLargeException exception)
                {
                    GiveUp(sending, exception);
                }
                catch (Exception exception) when (exception is NatsException or TimeoutException)
                {
                    // What was not taken is lost as if it had been: the next check begins anew.
                    _observer.Refused(exception.Message);
                    StartPass(wake: false);
                    break;
                }
            }
        }
    }

    private bool TryTake(out WaveSending sending)
    {
        sending = default;
        lock (_gate)
            return _isAwake = _line.IsOpen && _window.TryTake(Now, out sending);
    }

    private async Task HearAsync(CancellationToken cancellationToken)
    {
        while (await _line.WaitToReadAsync(cancellationToken))
        {
            while (_line.TryRead(out var answer))
                Hear(answer);
            lock (_gate)
                Wake();
        }
    }

    private void Hear(WaveAnswer answer)
    {
        TimeSpan? delay = null;
        lock (_gate)
        {
            if (answer.Refusal is not null)
                _window.Refuse();
            else
                delay = _window.Acknowledge(answer.Number, answer.Pass, Now);
            TellEmpty();
        }

        if (answer.Refusal is not null)
            _observer.Refused(answer.Refusal);
        else if (delay is { } taken)
            _observer.Acknowledged(taken);
    }

    private void Check()
    {
        lock (_gate)
        {
            _window.DropOld(Now);
            if (_line.IsOpen)
                _window.FindLoss(Now);
            TellEmpty();
            Wake();
        }
    }

    private void OnOpened() => StartPass(wake: true);

    private void StartPass(bool wake)
    {
        lock (_gate)
        {
            _window.StartPass();
            _isAwake &= wake;
            if (wake)
                Wake();
        }
    }

    private void GiveUp(WaveSending sending, NatsPayloadTooLargeException why)
    {
        _observer.Refused(why.Message);
        lock (_gate)
        {
            _window.Drop(sending.Number);
            TellEmpty();
        }
    }

    private void TellEmpty()
    {
        if (_window.Unacknowledged > 0)
            return;
        _empty?.TrySetResult();
        _empty = null;
    }

    /// <summary>Lets the sender look; once until it has found nothing more to send.</summary>
    private void Wake()
    {
        if (_isAwake)
            return;
        _isAwake = true;
        _wake.Release();
    }
}
