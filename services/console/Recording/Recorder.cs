using SignalStream.Terminal.Gateway;

namespace SignalStream.Terminal.Recording;

/// <summary>Writes a feed into a recording until it is cancelled.</summary>
internal sealed class Recorder(TextWriter writer, TextWriter notes, TimeProvider time)
{
    private static readonly TimeSpan FlushEvery = TimeSpan.FromSeconds(1);

    private readonly RecordingWriter _recording = new(writer);

    public async Task RunAsync(IAsyncEnumerable<FeedMessage> feed, CancellationToken cancellationToken)
    {
        _recording.WriteHeader();
        var flushed = time.GetTimestamp();
        try
        {
            await foreach (var message in feed.WithCancellation(cancellationToken))
            {
                Write(message);
                if (time.GetElapsedTime(flushed) < FlushEvery)
                    continue;
                await writer.FlushAsync(cancellationToken);
                flushed = time.GetTimestamp();
            }
        }
        finally
        {
            await writer.FlushAsync(CancellationToken.None);
            await notes.WriteLineAsync(FormattableString.Invariant($"{_recording.Events} events of {_recording.Streams} streams recorded"));
        }
    }

    private void Write(FeedMessage message)
    {
        switch (message)
        {
            case Happened happened:
                _recording.Write(happened.Event);
                break;
            case ConnectionLost lost:
                _recording.Write(lost, (time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalMilliseconds);
                notes.WriteLine(Watching.Board.Describe(lost));
                break;
            case Connected { Again: true }:
                notes.WriteLine("connected again");
                break;
        }
    }
}
