using SignalStream.Messaging.Logs;
using static SignalStream.UnitTests.Messaging.WaveKit;

namespace SignalStream.UnitTests.Messaging;

public sealed class WaveWindowTests
{
    private readonly CountingObserver _observer = new();
    private readonly Dictionary<long, int> _passes = [];
    private readonly WaveWindow _window;
    private int _added;

    public WaveWindowTests() => _window = new WaveWindow(Settings, _observer);

    [Fact]
    public void TryTake_FramesAdded_GivesEachOnceAndInOrder()
    {
        Add(100, Ms(0));
        Assert.Equal(Enumerable.Range(0, 100), Take(Ms(0)));
        Assert.Empty(Take(Ms(10)));
        Assert.Equal(100, _window.Unacknowledged);
        Assert.Equal(0, _observer.ResentFrames);
    }

    [Fact]
    public void Acknowledge_InAnyOrder_EndsWithNothingKept()
    {
        Add(100, Ms(0));
        Take(Ms(0));
        foreach (var number in Enumerable.Range(0, 100).OrderBy(n => n * 37 % 101))
            Assert.Equal(Ms(5), _window.Acknowledge(number, 1, Ms(5)));
        Assert.Equal(0, _window.Unacknowledged);
        _window.StartPass();
        Assert.Empty(Take(Ms(10)));
    }

    [Fact]
    public void Acknowledge_OneTwiceOrUnknown_ChangesNothing()
    {
        Add(3, Ms(0));
        Take(Ms(0));
        Acknowledge([0, 2], Ms(5));
        foreach (var number in new long[] { 0, 2, 3, -1, long.MaxValue })
            Assert.Null(_window.Acknowledge(number, 1, Ms(6)));
        Assert.Equal(1, _window.Unacknowledged);
    }

    [Fact]
    public void StartPass_AfterAReconnection_SendsAllFromTheFirstUnacknowledgedOnAndThenWhatIsNew()
    {
        Add(10, Ms(0));
        Take(Ms(0));
        Acknowledge([0, 1, 2], Ms(1));
        Add(2, Ms(2));
        _window.StartPass();
        Assert.Equal(Enumerable.Range(3, 9), Take(Ms(3)));
        Assert.Equal(7, _observer.ResentFrames);
    }

    [Fact]
    public void FindLoss_LaterOnesAreAcknowledged_SendsTheStreamFromTheLostFrameOn()
    {
        Add(2, Ms(0), "a");
        Add(2, Ms(0), "b");
        Take(Ms(0));
        Acknowledge([0, 2, 3], Ms(1));
        Add(1, Ms(400), "a");
        Add(1, Ms(400), "b");
        Take(Ms(400));
        Acknowledge([4, 5], Ms(401));
        _window.FindLoss(Ms(402));
        // 1 is lost; 4 follows in its stream, though it is known. Stream b lost nothing.
        Assert.Equal([1, 4], Take(Ms(402)));
    }

    [Fact]
    public void Acknowledge_OfASendingBeforeThePass_DoesNotCountWhereTheStreamGoesAgain()
    {
        Add(3, Ms(0));
        Take(Ms(0));
        _window.StartPass();
        Assert.Null(_window.Acknowledge(2, 1, Ms(1)));
        Assert.Equal([0, 1, 2], Take(Ms(1)));
        Assert.Null(_window.Acknowledge(1, 1, Ms(2)));
        Acknowledge([0, 1, 2], Ms(3));
    }

    [Fact]
    public void FindLoss_OvertakenWithinTheReordering_WaitsForIt()
    {
        Add(1, Ms(0));
        Take(Ms(0));
        Add(1, Ms(200));
        Take(Ms(200));
        Acknowledge([1], Ms(201));
        _window.FindLoss(Ms(202));
        Assert.Empty(Take(Ms(202)));
    }

    [Fact]
    public void FindLoss_LostAgainInThePass_SendsItAgainUntilItIsThere()
    {
        Add(2, Ms(0));
        Take(Ms(0));
        for (var i = 1; i <= 3; i++)
        {
            Add(1, Ms(300 * i));
            Take(Ms(300 * i));
            Acknowledge([i + 1], Ms(300 * i));
            _window.FindLoss(Ms(300 * i));
            Assert.Equal(Enumerable.Range(0, i + 2), Take(Ms(300 * i)));
        }

        Acknowledge(Enumerable.Range(0, 5), Ms(1000));
        Assert.Equal(0, _window.Unacknowledged);
    }

    [Fact]
    public void FindLoss_LogIsSilent_AsksWithTheFirstFrameAloneAndLetsNewOnesPass()
    {
        Add(5, Ms(0));
        Take(Ms(0));
        _window.FindLoss(Ms(1000));
        Assert.Empty(Take(Ms(1000)));
        _window.FindLoss(Ms(1001));
        Add(1, Ms(1001));
        Assert.Equal([0, 5], Take(Ms(1001)));
        _window.FindLoss(Ms(1500));
        Assert.Empty(Take(Ms(1500)));
        _window.FindLoss(Ms(2002));
        Assert.Equal([0], Take(Ms(2002)));
    }

    [Fact]
    public void FindLoss_SilentLogSpeaksAgain_SendsWhatItMissedInOrder()
    {
        Add(5, Ms(0));
        Take(Ms(0));
        _window.FindLoss(Ms(1001));
        Add(1, Ms(1001));
        Take(Ms(1001));
        Assert.Null(_window.Acknowledge(0, 0, Ms(1002)));
        Assert.Equal([0, 1, 2, 3, 4, 5], Take(Ms(1003)));
    }

    [Fact]
    public void FindLoss_AcknowledgementsAreLateButComeInOrder_SendsNoMoreThanTheQuestion()
    {
        Add(1000, Ms(0));
        Take(Ms(0));
        _window.FindLoss(Ms(1500));
        Assert.Equal([0], Take(Ms(1500)));
        foreach (var number in Enumerable.Range(0, 1000))
        {
            Assert.NotNull(_window.Acknowledge(number, 1, Ms(1600)));
            _window.FindLoss(Ms(1600));
        }

        Assert.Null(_window.Acknowledge(0, 0, Ms(3000)));
        Assert.Empty(Take(Ms(1600)));
        Assert.Equal(1, _observer.ResentFrames);
    }

    [Fact]
    public void Refuse_AFrame_AsksSoonerThanForSilence()
    {
        Add(2, Ms(0));
        Take(Ms(0));
        _window.Refuse();
        _window.FindLoss(Ms(200));
        Assert.Empty(Take(Ms(200)));
        _window.FindLoss(Ms(251));
        Assert.Equal([0], Take(Ms(251)));
        _window.FindLoss(Ms(600));
        Assert.Empty(Take(Ms(600)));
    }

    [Fact]
    public void TryTake_ALongPass_HasABoundedNumberUnderWay()
    {
        var count = WaveWindow.MostUnderWay + 100;
        Add(count, Ms(0));
        Take(Ms(0));
        _window.StartPass();
        Assert.Equal(Enumerable.Range(0, WaveWindow.MostUnderWay), Take(Ms(1)));
        Acknowledge(Enumerable.Range(0, 30), Ms(2));
        Assert.Equal(Enumerable.Range(WaveWindow.MostUnderWay, 30), Take(Ms(2)));
        Acknowledge(Enumerable.Range(30, WaveWindow.MostUnderWay), Ms(3));
        Assert.Equal(Enumerable.Range(WaveWindow.MostUnderWay + 30, 70), Take(Ms(3)));
    }

    [Fact]
    public void FindLoss_SilenceDuringAPass_LetsNewFramesPassAndResumesLater()
    {
        var count = WaveWindow.MostUnderWay + 100;
        Add(count, Ms(0));
        Take(Ms(0));
        _window.StartPass();
        Take(Ms(1));
        Add(1, Ms(1100));
        Assert.Empty(Take(Ms(1100)));
        _window.FindLoss(Ms(1101));
        Assert.Equal([0, count], Take(Ms(1101)));
        Assert.Null(_window.Acknowledge(0, 0, Ms(1102)));
        Assert.Equal(Enumerable.Range(0, WaveWindow.MostUnderWay), Take(Ms(1103)));
    }

    [Fact]
    public void Add_BeyondTheBytes_DropsTheOldestAndCountsThem()
    {
        var room = (int)(Settings.MaxBytes / Cost);
        Add(room, Ms(0));
        Take(Ms(0));
        Acknowledge([1], Ms(1));
        Add(3, Ms(2));
        // 0 goes, and 1 with it, which the log has; then 2 goes for the third.
        Assert.Equal(2, _observer.DroppedFrames);
        Assert.Equal(2 * Samples, _observer.DroppedSamples);
        Assert.Equal(room, _window.Unacknowledged);
        _window.StartPass();
        Assert.Equal(3, Take(Ms(3))[0]);
    }

    [Fact]
    public void Add_BeyondTheBytesBeforeAnythingWasSent_SendsWhatIsLeft()
    {
        var room = (int)(Settings.MaxBytes / Cost);
        Add(room + 50, Ms(0));
        Assert.Equal(50, _observer.DroppedFrames);
        Assert.Equal(Enumerable.Range(50, room), Take(Ms(0)));
    }

    [Fact]
    public void DropOld_FramesOlderThanTheAge_GoAndAreCounted()
    {
        Add(2, Ms(0));
        Add(1, Ms(10_000));
        Take(Ms(10_000));
        Acknowledge([1], Ms(10_001));
        _window.DropOld(Ms(60_000));
        Assert.Equal(0, _observer.DroppedFrames);
        _window.DropOld(Ms(60_001));
        Assert.Equal(1, _observer.DroppedFrames);
        Assert.Equal(1, _window.Unacknowledged);
        Assert.Null(_window.Acknowledge(0, 1, Ms(60_002)));
        Assert.Equal(Ms(50_003), _window.Acknowledge(2, 1, Ms(60_003)));
    }

    [Fact]
    public void Drop_AFrameThatCannotBeSent_FreesTheOthers()
    {
        Add(3, Ms(0));
        Take(Ms(0));
        Acknowledge([1], Ms(1));
        _window.Drop(0);
        _window.Drop(0);
        Assert.Equal(1, _observer.DroppedFrames);
        _window.StartPass();
        Assert.Equal([2], Take(Ms(2)));
    }

    [Fact]
    public void TryTake_AnyFaults_LeavesEveryStreamInOrderFromEachLossOn()
    {
        for (var seed = 0; seed < 200; seed++)
            Assert.Equal([], FaultyRun(seed));
    }

    /// <summary>A log that loses frames and answers at random. What it holds, read as a processor does, has no gap.</summary>
    private static List<string> FaultyRun(int seed)
    {
        var random = new Random(seed);
        var window = new WaveWindow(Settings, new CountingObserver());
        var log = new Dictionary<string, List<int>> { ["a"] = [], ["b"] = [], ["c"] = [] };
        var answers = new Queue<WaveSending>();
        var made = log.Keys.ToDictionary(k => k, _ => 0);
        for (var step = 0; window.Unacknowledged > 0 || step < 300; step++)
        {
            var now = Ms(step * 50);
            var subject = "abc"[random.Next(3)].ToString();
            if (step < 300)
                window.Add(subject, Frame(made[subject]++), now);
            var bad = step < 300 && random.Next(10) < 3;
            if (step < 300 && random.Next(40) == 0)
                window.StartPass();
            while (window.TryTake(now, out var sending))
            {
                if (bad && random.Next(2) == 0)
                    continue;
                log[sending.Subject].Add(NumberOf(sending.Frame));
                if (!bad || random.Next(2) == 0)
                    answers.Enqueue(sending);
            }

            // Some come late: after the check, or after the next step's pass has begun.
            while (answers.Count > 0 && random.Next(4) > 0)
                window.Acknowledge(answers.Peek().Number, answers.Dequeue().Pass, now);

            window.FindLoss(now);
            if (step > 2000)
                return [$"seed {seed}: {window.Unacknowledged} never stored"];
        }

        return [.. log.Where(l => ReadInOrder(l.Value) != made[l.Key]).Select(l => $"seed {seed}: {l.Key} {string.Join(' ', l.Value)}")];
    }

    /// <summary>Takes only the next frame each time: what comes early waits for its repeat, what is known is dropped.</summary>
    private static int ReadInOrder(List<int> log)
    {
        var next = 0;
        foreach (var frame in log)
            next += frame == next ? 1 : 0;
        return next;
    }

    private void Add(int count, TimeSpan now, string subject = "a")
    {
        for (var i = 0; i < count; i++)
            _window.Add(subject, Frame(_added++), now);
    }

    private List<int> Take(TimeSpan now)
    {
        var taken = new List<int>();
        while (_window.TryTake(now, out var sending))
        {
            Assert.Equal(sending.Number, NumberOf(sending.Frame));
            _passes[sending.Number] = sending.Pass;
            taken.Add((int)sending.Number);
        }

        return taken;
    }

    private void Acknowledge(IEnumerable<int> numbers, TimeSpan now)
    {
        foreach (var number in numbers)
            Assert.NotNull(_window.Acknowledge(number, _passes[number], now));
    }
}
