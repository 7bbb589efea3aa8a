using System.Threading.Channels;
using SignalStream.Terminal.Gateway;

namespace SignalStream.Terminal.Watching;

/// <summary>Anything that a watcher reacts to, one after the other.</summary>
internal abstract record WatchInput
{
    public sealed record Told(FeedMessage Message) : WatchInput;

    /// <summary>A whole line.</summary>
    public sealed record Entered(string Command) : WatchInput;

    /// <summary>What is typed so far.</summary>
    public sealed record Typing(string Text) : WatchInput;

    /// <summary>Time to draw.</summary>
    public sealed record Tick : WatchInput;

    /// <summary>There is nothing more to come; with an error the watching ends with it.</summary>
    public sealed record FeedEnded(Exception? Error) : WatchInput;
}

/// <summary>Feed, keyboard and clock in one queue. When it is full they wait: the gateway then sends less.</summary>
internal sealed class WatchInputs(Surroundings around)
{
    private const int Capacity = 1024;
    private static readonly TimeSpan Drawing = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Keys = TimeSpan.FromMilliseconds(30);

    private readonly Channel<WatchInput> _queue = Channel.CreateBounded<WatchInput>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    public ChannelReader<WatchInput> Reader => _queue.Reader;

    public async Task FeedAsync(IAsyncEnumerable<FeedMessage> feed, CancellationToken cancellationToken)
    {
        Exception? error = null;
        try
        {
            await foreach (var message in feed.WithCancellation(cancellationToken))
                await _queue.Writer.WriteAsync(new WatchInput.Told(message), cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            error = exception; // The watcher throws it on.
        }

        await _queue.Writer.WriteAsync(new WatchInput.FeedEnded(error), cancellationToken);
    }

    public async Task TickAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Drawing, around.Time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
            await _queue.Writer.WriteAsync(new WatchInput.Tick(), cancellationToken);
    }

    /// <summary>Until the end of input; a closed input does not end the watching.</summary>
    public async Task ReadLinesAsync(CancellationToken cancellationToken)
    {
        while (await Task.Run(around.In.ReadLine, cancellationToken).WaitAsync(cancellationToken) is { } line)
            await _queue.Writer.WriteAsync(new WatchInput.Entered(line.Trim()), cancellationToken);
    }

    public async Task ReadKeysAsync(CancellationToken cancellationToken)
    {
        var typed = "";
        using var timer = new PeriodicTimer(Keys, around.Time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            while (around.Ansi.Input.IsKeyAvailable() && around.Ansi.Input.ReadKey(intercept: true) is { } key)
            {
                if (key.Key == ConsoleKey.Enter)
                    await _queue.Writer.WriteAsync(new WatchInput.Entered(typed.Trim()), cancellationToken);
                typed = Typed(typed, key);
                await _queue.Writer.WriteAsync(new WatchInput.Typing(typed), cancellationToken);
            }
        }
    }

    internal static string Typed(string typed, ConsoleKeyInfo key) => key.Key switch
    {
        ConsoleKey.Enter or ConsoleKey.Escape => "",
        ConsoleKey.Backspace => typed.Length == 0 ? "" : typed[..^1],
        _ => char.IsControl(key.KeyChar) || typed.Length >= 40 ? typed : typed + key.KeyChar,
    };
}
