using SignalStream.Terminal.Events;
using SignalStream.Terminal.Gateway;
using SignalStream.Terminal.Watching;

namespace SignalStream.UnitTests.Terminal;

public sealed class BoardTests
{
    [Fact]
    public void Apply_AlertRaisedAndCleared_IsUrgentMeanwhile()
    {
        var board = new Board();
        board.Apply(new StreamKnown("ecg.a", "Bed", "live", false));
        board.Apply(new StreamKnown("ecg.b", "Bed", "live", false));
        board.Apply(new Happened(Alert("raised")));
        Assert.Equal(["ecg.b", "ecg.a"], board.Cards.Select(c => c.Stream));
        Assert.Equal(Urgency.Alarm, board.Cards.First().Urgency);
        board.Apply(new Happened(Alert("cleared")));
        Assert.All(board.Cards, c => Assert.Equal(Urgency.Calm, c.Urgency));
        board.Apply(new Happened(Alert("acknowledged")));
        Assert.All(board.Cards, c => Assert.Equal(Urgency.Calm, c.Urgency));
    }

    [Fact]
    public void Apply_ForecastsFromOnePlace_ShowsTheNearest()
    {
        var board = new Board();
        foreach (var steps in (string[])["1", "3", "12"])
            board.Apply(new Happened(new StreamEvent(0, "net.a", "forecast", 1, 5, [new Field("target", "rtt_ms"), new Field("steps", steps), new Field("point", "9"), new Field("unit", "ms")])));
        Assert.Equal("rtt_ms in 1: 9.0 ms", Assert.Single(board.Cards.Single().Lines()).Text);
    }

    [Fact]
    public void IsNew_AfterAnInterruption_RefusesWhatWasTold()
    {
        var progress = new Progress(TimeProvider.System);
        Assert.True(progress.IsNew(Beat(5)));
        Assert.True(progress.IsNew(Beat(5))); // Forecasts of several steps share a place.
        progress.Interrupt();
        Assert.False(progress.IsNew(Beat(5)));
        Assert.True(progress.IsNew(Beat(6)));
    }

    [Fact]
    public void After_FailuresInARow_DoublesUpToTenSeconds()
    {
        var slowest = new Backoff(() => 1);
        Assert.Equal([0.5, 1, 2, 4, 8, 10, 10], Enumerable.Range(1, 7).Select(n => slowest.After(n).TotalSeconds));
        Assert.Equal(5, new Backoff(() => 0).After(1000).TotalSeconds);
    }

    [Fact]
    public void Typed_Keys_MakeALine()
    {
        var line = "";
        foreach (var key in (ConsoleKeyInfo[])[Key('a', ConsoleKey.A), Key('b', ConsoleKey.B), Key('\b', ConsoleKey.Backspace), Key('\t', ConsoleKey.Tab)])
            line = WatchInputs.Typed(line, key);
        Assert.Equal("a", line);
        Assert.Equal("", WatchInputs.Typed(line, Key('\r', ConsoleKey.Enter)));
    }

    private static ConsoleKeyInfo Key(char c, ConsoleKey key) => new(c, key, false, false, false);

    private static StreamEvent Beat(long index) => new(0, "ecg.a", "beat", 1, index, []);

    private static StreamEvent Alert(string state) => new(
        0, "ecg.b", "alert", 1, 1, [new Field("fingerprint", "f"), new Field("name", "asystole"), new Field("severity", "high"), new Field("state", state)]);
}
