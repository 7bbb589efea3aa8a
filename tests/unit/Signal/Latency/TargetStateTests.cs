using SignalStream.Signal.Latency;

namespace SignalStream.UnitTests.Signal.Latency;

public sealed class TargetStateTests
{
    private const long HalfSecond = 500_000_000;

    [Fact]
    public void Process_ThreeLost_IsDownAndThreeAnswersAreNot()
    {
        var states = Run([.. Many(20, 20f), float.NaN, float.NaN, float.NaN, 20, 20, 20]);
        Assert.Equal(TargetCondition.Up, states[19]);
        Assert.NotEqual(TargetCondition.Down, states[21]);
        Assert.Equal(TargetCondition.Down, states[22]);
        Assert.Equal(TargetCondition.Down, states[24]);
        Assert.Equal(TargetCondition.Degraded, states[25]);
    }

    [Fact]
    public void Process_NeverAnAnswer_IsDownFromTheThirdOn() =>
        Assert.Equal([TargetCondition.Unknown, TargetCondition.Unknown, TargetCondition.Down], Run(Many(3, float.NaN)));

    [Fact]
    public void Process_LossAboutTheLimit_DoesNotFlutter()
    {
        // Every tenth lost: between a twentieth and a tenth of the window all the time.
        var states = Run([.. Enumerable.Range(0, 600).Select(i => i % 10 == 9 ? float.NaN : 20f)]);
        var changes = Enumerable.Range(1, 599).Count(i => states[i] != states[i - 1]);
        Assert.True(changes <= 2, $"{changes} changes");
        Assert.Equal(TargetCondition.Degraded, states[^1]);
    }

    [Fact]
    public void Process_SlowThenGood_RecoversAfterTenCalmSeconds()
    {
        var states = Run([.. Many(40, 20f), .. Many(60, 700f), .. Many(100, 20f)]);
        Assert.Equal(TargetCondition.Degraded, states[70]);
        var back = Array.IndexOf(states, TargetCondition.Up, 99);
        Assert.InRange(back, 120, 160);
        Assert.All(states[back..], state => Assert.Equal(TargetCondition.Up, state));
    }

    [Fact]
    public void RestoreState_InTheMiddleOfADecision_GoesOn()
    {
        var (first, windows) = (new TargetState(), new LatencyWindows());
        Feed(first, windows, 0, 20);
        Feed(first, windows, 1, float.NaN);
        Feed(first, windows, 2, float.NaN);
        var second = new TargetState();
        var state = new byte[first.StateSize];
        first.SaveState(state);
        second.RestoreState(state);
        Assert.True(Feed(second, windows, 3, float.NaN));
        Assert.Equal(TargetCondition.Down, second.Condition);
    }

    private static TargetCondition[] Run(float[] values)
    {
        var (state, windows) = (new TargetState(), new LatencyWindows());
        return [.. values.Select((value, i) => { Feed(state, windows, i, value); return state.Condition; })];
    }

    private static bool Feed(TargetState state, LatencyWindows windows, int index, float value)
    {
        windows.Add(index * HalfSecond, value);
        return state.Process(index * HalfSecond, !float.IsNaN(value), windows.Figures(0));
    }

    private static float[] Many(int count, float value) => [.. Enumerable.Repeat(value, count)];
}
