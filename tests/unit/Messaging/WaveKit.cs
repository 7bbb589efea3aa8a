using System.Threading.Channels;
using NATS.Client.Core;
using SignalStream.Contracts;
using SignalStream.Messaging.Logs;

namespace SignalStream.UnitTests.Messaging;

/// <summary>Frames that say who they are, and one who counts what becomes of them.</summary>
internal static class WaveKit
{
    public const int Samples = 10;

    public static readonly WaveOutboxSettings Settings = new(1 << 20, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(1));

    /// <summary>Memory that one of these frames counts for.</summary>
    public static readonly int Cost = Frame(0).Length + WaveWindow.FrameOverhead;

    public static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);

    public static byte[] Frame(int number)
    {
        var frame = new byte[FrameHeader.Size + Samples * sizeof(float)];
        new FrameHeader(FrameKind.Samples, 0, Samples, 0, 7, 250, (ulong)number * Samples, number).Write(frame);
        return frame;
    }

    public static int NumberOf(ReadOnlyMemory<byte> frame)
    {
        Assert.Equal(FrameError.None, FrameHeader.TryRead(frame.Span, out var header));
        return (int)header.First / Samples;
    }
}

internal sealed class CountingObserver : IWaveOutboxObserver
{
    public List<TimeSpan> Delays { get; } = [];

    public List<string> Refusals { get; } = [];

    public int ResentFrames { get; private set; }

    public int DroppedFrames { get; private set; }

    public int DroppedSamples { get; private set; }

    public void Acknowledged(TimeSpan delay) => Delays.Add(delay);

    public void Resent() => ResentFrames++;

    public void Refused(string reason) => Refusals.Add(reason);

    public void Dropped(int samples)
    {
        DroppedFrames++;
        DroppedSamples += samples;
    }
}

/// <summary>A line on which the test is the log.</summary>
internal sealed class FakeLine : IWaveLine
{
    private readonly Channel<WaveAnswer> _answers = Channel.CreateUnbounded<WaveAnswer>();
    private readonly List<WaveSending> _sent = [];

    public event Action? Opened;

    public bool IsOpen { get; private set; } = true;

    /// <summary>Sending takes until then.</summary>
    public Task Room { get; set; } = Task.CompletedTask;

    /// <summary>Sending fails so, if at all.</summary>
    public Func<WaveSending, NatsException?> Fault { get; set; } = _ => null;

    /// <summary>Everything sent, in order; by its number in the outbox.</summary>
    public IReadOnlyList<int> Sent
    {
        get
        {
            lock (_sent)
                return [.. _sent.Select(s => (int)s.Number)];
        }
    }

    public void Close() => IsOpen = false;

    public void Open()
    {
        IsOpen = true;
        Opened?.Invoke();
    }

    /// <summary>Answers the last sending of each.</summary>
    public void Acknowledge(params IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
            _answers.Writer.TryWrite(new WaveAnswer(number, PassOf(number), null));
    }

    public void Refuse(int number, string why) => _answers.Writer.TryWrite(new WaveAnswer(number, PassOf(number), why));

    public ValueTask ListenAsync(CancellationToken cancellationToken) => default;

    public async ValueTask SendAsync(WaveSending sending, CancellationToken cancellationToken)
    {
        await Room.WaitAsync(cancellationToken);
        if (Fault(sending) is { } fault)
            throw fault;
        lock (_sent)
            _sent.Add(sending);
    }

    public ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken) => _answers.Reader.WaitToReadAsync(cancellationToken);

    public bool TryRead(out WaveAnswer answer) => _answers.Reader.TryRead(out answer);

    private int PassOf(int number)
    {
        lock (_sent)
            return _sent.Last(s => s.Number == number).Pass;
    }
}
