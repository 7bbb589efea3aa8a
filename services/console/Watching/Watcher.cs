using System.Runtime.ExceptionServices;
using SignalStream.Terminal.Gateway;
using SignalStream.Terminal.Events;
using SignalStream.Terminal.Screen;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SignalStream.Terminal.Watching;

/// <summary>Shows a feed, as cards or line by line, and does what is typed meanwhile.</summary>
/// <param name="around">Where.</param>
/// <param name="isPlain">Line by line.</param>
/// <param name="status">Answers <c>status</c>.</param>
/// <param name="stats">Answers <c>stats</c>, beside what has come so far.</param>
internal sealed class Watcher(
    Surroundings around, bool isPlain, Func<CancellationToken, Task<Sheet>> status, Func<CancellationToken, Task<Sheet>>? stats)
{
    private const string Commands = "status, stats and quit are known";

    private readonly Board _board = new();
    private string _typed = "";
    private IRenderable? _answer;

    /// <summary>Until the feed is over, <c>quit</c> or cancellation.</summary>
    public async Task RunAsync(IAsyncEnumerable<FeedMessage> feed, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var inputs = new WatchInputs(around);
        Task[] sources =
        [
            inputs.FeedAsync(feed, stop.Token),
            isPlain ? Task.CompletedTask : inputs.TickAsync(stop.Token),
            isPlain || !around.HasKeys ? inputs.ReadLinesAsync(stop.Token) : inputs.ReadKeysAsync(stop.Token),
        ];
        try
        {
            await (isPlain ? FollowAsync(inputs, null, stop.Token) : DrawAsync(inputs, stop.Token));
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(sources).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private Task DrawAsync(WatchInputs inputs, CancellationToken cancellationToken) => around.Ansi
        .Live(View())
        .Overflow(VerticalOverflow.Crop)
        .Cropping(VerticalOverflowCropping.Bottom)
        .StartAsync(live => FollowAsync(inputs, live, cancellationToken));

    private async Task FollowAsync(WatchInputs inputs, LiveDisplayContext? live, CancellationToken cancellationToken)
    {
        await foreach (var input in inputs.Reader.ReadAllAsync(cancellationToken))
        {
            switch (input)
            {
                case WatchInput.Told told:
                    _board.Apply(told.Message);
                    if (isPlain)
                        Tell(told.Message);
                    break;
                case WatchInput.Entered { Command: "quit" or "q" or "exit" }:
                    return;
                case WatchInput.Entered entered:
                    await AnswerAsync(entered.Command, cancellationToken);
                    break;
                case WatchInput.Typing typing:
                    _typed = typing.Text;
                    live?.UpdateTarget(View());
                    break;
                case WatchInput.Tick:
                    live?.UpdateTarget(View());
                    break;
                case WatchInput.FeedEnded ended:
                    live?.UpdateTarget(View());
                    if (ended.Error is not null)
                        ExceptionDispatchInfo.Throw(ended.Error);
                    return;
            }
        }
    }

    private Rows View() => CardView.Of(_board, _typed, _answer);

    private void Tell(FeedMessage message)
    {
        switch (message)
        {
            case Connected { Again: true }:
                around.Error.WriteLine("connected again");
                break;
            case ConnectionLost lost:
                around.Error.WriteLine(Plain.Text(Board.Describe(lost)));
                break;
            case StreamKnown known:
                around.Out.WriteLine(Plain.Text($"{known.Stream} is {known.Life}: {known.Label}{(known.IsSimulated ? ", simulated" : "")}"));
                break;
            case Happened { Event: var e }:
                around.Out.WriteLine(Plain.Text($"{Clock.Text(e.TimeMs)} {e.Stream} {e.Kind}: {EventText.Of(e)}"));
                break;
        }
    }

    private async Task AnswerAsync(string command, CancellationToken cancellationToken)
    {
        try
        {
            switch (command)
            {
                case "":
                    _answer = null;
                    break;
                case "status":
                    Show([await status(cancellationToken)]);
                    break;
                case "stats":
                    Show(stats is null ? [_board.Received()] : [_board.Received(), await stats(cancellationToken)]);
                    break;
                default:
                    Complain($"{command}: {Commands}.");
                    break;
            }
        }
        catch (ConsoleFailure failure)
        {
            Complain(failure.Message); // The watching goes on.
        }
    }

    private void Show(IReadOnlyList<Sheet> sheets)
    {
        _answer = new Rows(sheets.Select(s => s.ToTable()));
        foreach (var line in isPlain ? sheets.SelectMany(s => s.Lines()) : [])
            around.Out.WriteLine(line);
    }

    private void Complain(string text)
    {
        _answer = new Text(Plain.Text(text), new Style(Color.Yellow));
        if (isPlain)
            around.Error.WriteLine(Plain.Text(text));
    }
}
