using System.Buffers;
using System.Globalization;
using System.Text;
using NATS.Client.Core;

namespace SignalStream.Messaging.Logs;

/// <summary>What the log says to a frame.</summary>
/// <param name="Number">The frame's.</param>
/// <param name="Pass">Which sending of it is meant.</param>
/// <param name="Refusal">Why the log does not have it; null when it has.</param>
internal readonly record struct WaveAnswer(long Number, int Pass, string? Refusal);

/// <summary>The way of frames to the log, and of its answers back.</summary>
internal interface IWaveLine
{
    /// <summary>Raised after each connection that is made: what was under way may be lost.</summary>
    event Action? Opened;

    bool IsOpen { get; }

    /// <summary>Begins to listen for answers.</summary>
    ValueTask ListenAsync(CancellationToken cancellationToken);

    ValueTask SendAsync(WaveSending sending, CancellationToken cancellationToken);

    ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken);

    bool TryRead(out WaveAnswer answer);
}

/// <summary>Frames go out with a reply subject, <c>inbox.pass.number</c>; one subscription hears all answers.</summary>
/// <remarks>JetStream's own publish keeps a waiter and a timer a message and reads JSON: here the number is all there is to know.</remarks>
internal sealed class NatsWaveLine(INatsConnection connection) : IWaveLine, IAsyncDisposable
{
    /// <summary>Answers that may wait: as many as there are frames under way in a second at 50,000 a second, and some.</summary>
    private const int Answers = 65536;

    private readonly string _inbox = connection.NewInbox() + '.';
    private INatsSub<string>? _answers;

    public event Action? Opened;

    public bool IsOpen => connection.ConnectionState == NatsConnectionState.Open;

    public async ValueTask ListenAsync(CancellationToken cancellationToken)
    {
        connection.ConnectionOpened += OnOpened;
        _answers = await connection.SubscribeCoreAsync(
            _inbox + '>',
            serializer: AnswerReader.Default,
            opts: new NatsSubOpts { ChannelOpts = new NatsSubChannelOpts { Capacity = Answers } },
            cancellationToken: cancellationToken);
    }

    public ValueTask SendAsync(WaveSending sending, CancellationToken cancellationToken) => connection.PublishAsync(
        sending.Subject,
        sending.Frame,
        replyTo: string.Create(CultureInfo.InvariantCulture, $"{_inbox}{sending.Pass}.{sending.Number}"),
        cancellationToken: cancellationToken);

    public ValueTask<bool> WaitToReadAsync(CancellationToken cancellationToken) => _answers!.Msgs.WaitToReadAsync(cancellationToken);

    public bool TryRead(out WaveAnswer answer)
    {
        while (_answers!.Msgs.TryRead(out var message))
        {
            if (!TryParse(message.Subject.AsSpan(_inbox.Length), out var pass, out var number))
                continue;
            var refusal = message.IsEmpty ? "No log keeps its subject." : message.Error?.Message ?? message.Data;
            answer = new WaveAnswer(number, pass, refusal);
            return true;
        }

        answer = default;
        return false;
    }

    public async ValueTask DisposeAsync()
    {
        connection.ConnectionOpened -= OnOpened;
        if (_answers is not null)
            await _answers.DisposeAsync();
    }

    private static bool TryParse(ReadOnlySpan<char> tokens, out int pass, out long number)
    {
        number = 0;
        var dot = tokens.IndexOf('.');
        return int.TryParse(tokens[..Math.Max(dot, 0)], NumberStyles.None, CultureInfo.InvariantCulture, out pass)
            && long.TryParse(tokens[(dot + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private ValueTask OnOpened(object? sender, NatsEventArgs? args)
    {
        Opened?.Invoke();
        return default;
    }

    /// <summary>Tells <c>{"stream":"WAVES","seq":7}</c>, read as null, from <c>{"error":{…},…}</c> and anything else, read as it is.</summary>
    internal sealed class AnswerReader : INatsDeserialize<string>
    {
        public static readonly AnswerReader Default = new();

        private const int LongestRefusal = 300;

        public string? Deserialize(in ReadOnlySequence<byte> buffer)
        {
            var answer = buffer.IsSingleSegment ? buffer.FirstSpan : buffer.ToArray();
            var isStored = answer.StartsWith("{\"stream\":"u8) && answer.IndexOf("\"error\":"u8) < 0;
            return isStored ? null : Encoding.UTF8.GetString(answer[..Math.Min(answer.Length, LongestRefusal)]);
        }
    }
}
