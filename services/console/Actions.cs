using SignalStream.Terminal.Events;
using SignalStream.Terminal.Gateway;
using SignalStream.Terminal.Recording;
using SignalStream.Terminal.Screen;
using SignalStream.Terminal.Watching;

namespace SignalStream.Terminal;

/// <summary>What each command does.</summary>
/// <param name="around">Where it reads and writes.</param>
/// <param name="gateway">Whom it asks.</param>
/// <param name="isPlain">Text alone.</param>
/// <param name="length">After which it ends by itself; zero for never.</param>
internal sealed class Actions(Surroundings around, GatewayAddress gateway, bool isPlain, TimeSpan length)
{
    private readonly Reports _reports = new(gateway);

    public async Task StatusAsync(CancellationToken cancellationToken) =>
        (await _reports.StatusAsync(cancellationToken)).WriteTo(around, isPlain);

    public async Task StatsAsync(IReadOnlyList<StreamPattern> patterns, CancellationToken cancellationToken) =>
        (await _reports.StatsAsync(patterns, cancellationToken)).WriteTo(around, isPlain);

    public Task WatchAsync(FeedOptions options, CancellationToken cancellationToken)
    {
        var watcher = new Watcher(around, isPlain, _reports.StatusAsync, token => _reports.StatsAsync(options.Patterns, token));
        return ForAsync(token => watcher.RunAsync(new LiveFeed(gateway, options, around.Time).ReadAsync(token), token), cancellationToken);
    }

    public async Task RecordAsync(FeedOptions options, string file, bool replaces, CancellationToken cancellationToken)
    {
        await using var opened = file == "-" ? null : Create(file, replaces);
        var recorder = new Recorder(opened ?? around.Out, around.Error, around.Time);
        await ForAsync(token => recorder.RunAsync(new LiveFeed(gateway, options, around.Time).ReadAsync(token), token), cancellationToken);
    }

    public async Task ReplayAsync(string file, IReadOnlyList<StreamPattern> patterns, double speed, CancellationToken cancellationToken)
    {
        using var reader = File.OpenText(file);
        var feed = new ReplayFeed(RecordingReader.Read(reader, file), patterns, speed, around.Time);
        var about = new Sheet(["recording", "speed"], [[file, FormattableString.Invariant($"{speed}")]]);
        await new Watcher(around, isPlain, _ => Task.FromResult(about), null).RunAsync(feed.ReadAsync(cancellationToken), cancellationToken);
    }

    private static StreamWriter Create(string file, bool replaces)
    {
        if (!replaces && File.Exists(file))
            throw new ConsoleFailure(ExitCode.File, $"{file} exists; --force replaces it.");
        return new StreamWriter(new FileStream(file, replaces ? FileMode.Create : FileMode.CreateNew, FileAccess.Write, FileShare.Read));
    }

    private async Task ForAsync(Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        if (length == TimeSpan.Zero)
        {
            await run(cancellationToken);
            return;
        }

        using var over = new CancellationTokenSource(length, around.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            await run(either.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // Its time is over, as asked for.
        }
    }
}
