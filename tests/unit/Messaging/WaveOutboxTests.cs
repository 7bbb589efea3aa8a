using System.Buffers;
using System.Text;
using NATS.Client.Core;
using SignalStream.Messaging.Logs;
using SignalStream.TestKit;
using static SignalStream.UnitTests.Messaging.WaveKit;

namespace SignalStream.UnitTests.Messaging;

public sealed class WaveOutboxTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly FakeLine _line = new();
    private readonly CountingObserver _observer = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly WaveOutbox _outbox;
    private readonly Task _run;
    private int _published;

    public WaveOutboxTests()
    {
        _outbox = new WaveOutbox(_line, Settings, _time, _observer);
        _run = _outbox.RunAsync(_stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _outbox.DisposeAsync();
        _stop.Dispose();
    }

    [Fact]
    public async Task PublishAsync_LineIsOpen_SendsInOrderAndForgetsWhatIsAcknowledged()
    {
        await PublishAsync(50);
        await SentAsync(50);
        Assert.Equal(Enumerable.Range(0, 50), _line.Sent);
        _line.Acknowledge(Enumerable.Range(0, 49));
        await Eventually.TrueAsync(() => _outbox.Unacknowledged == 1);
        Assert.Equal(49, _observer.Delays.Count);
    }

    [Fact]
    public async Task PublishAsync_FrameIsChangedAfterwards_SendsWhatItWas()
    {
        _line.Close();
        var frame = Frame(0);
        await _outbox.PublishAsync("a", frame, CancellationToken.None);
        frame.AsSpan().Clear();
        var taken = new TaskCompletionSource<int>();
        _line.Fault = sending =>
        {
            taken.TrySetResult(NumberOf(sending.Frame));
            return null;
        };
        _line.Open();
        Assert.Equal(0, await taken.Task);
    }

    [Fact]
    public async Task PublishAsync_NoRoomOnTheLine_NeverWaitsAndDropsTheOldest()
    {
        var room = new TaskCompletionSource();
        _line.Room = room.Task;
        var most = (int)(Settings.MaxBytes / Cost);
        for (var i = 0; i < most + 10; i++)
            Assert.True(_outbox.PublishAsync("a", Frame(i), CancellationToken.None).AsTask().IsCompletedSuccessfully);
        Assert.Equal(10, _observer.DroppedFrames);
        Assert.Equal(most, _outbox.Unacknowledged);
        room.SetResult();
        await Eventually.TrueAsync(() => _line.Sent.Contains(most + 9));
        Assert.Equal(_line.Sent.Order(), _line.Sent);
    }

    [Fact]
    public async Task Opened_AfterABreak_SendsFromTheFirstUnacknowledgedOn()
    {
        await PublishAsync(5);
        await SentAsync(5);
        _line.Acknowledge(0, 1, 3);
        await Eventually.TrueAsync(() => _outbox.Unacknowledged == 2);
        _line.Close();
        await PublishAsync(3);
        _line.Open();
        await SentAsync(5 + 6);
        Assert.Equal([2, 3, 4, 5, 6, 7], _line.Sent.Skip(5));
        Assert.Equal(3, _observer.ResentFrames);
    }

    [Fact]
    public async Task Check_AcknowledgementLost_SendsTheFrameAgain()
    {
        await PublishAsync(1);
        await SentAsync(1);
        await CheckAsync(TimeSpan.FromSeconds(1.1));
        await SentAsync(2);
        // The answer to the question begins a pass.
        _line.Acknowledge(0);
        await SentAsync(3);
        _line.Acknowledge(0);
        await Eventually.TrueAsync(() => _outbox.Unacknowledged == 0);
        await CheckAsync(TimeSpan.FromSeconds(5));
        Assert.Equal([0, 0, 0], _line.Sent);
    }

    [Fact]
    public async Task Check_FrameRefused_TellsWhyAndSendsItAgain()
    {
        await PublishAsync(1);
        await SentAsync(1);
        _line.Refuse(0, "no space");
        await Eventually.TrueAsync(() => _observer.Refusals.Count == 1);
        await CheckAsync(TimeSpan.FromMilliseconds(400));
        await SentAsync(2);
        Assert.Equal(["no space"], _observer.Refusals);
    }

    [Fact]
    public async Task Check_LineDoesNotTakeAFrame_BeginsAnewFromIt()
    {
        var isBroken = true;
        _line.Fault = sending => isBroken && sending.Number == 1 ? new NatsException("full") : null;
        await PublishAsync(3);
        await Eventually.TrueAsync(() => _observer.Refusals.Count > 0);
        isBroken = false;
        await CheckAsync(TimeSpan.FromMilliseconds(100));
        await Eventually.TrueAsync(() => _line.Sent.Contains(2));
        Assert.Equal([0, 1, 2], _line.Sent.TakeLast(3));
    }

    [Fact]
    public async Task PublishAsync_FrameIsTooLongForTheServer_IsDroppedAndTheRestGoes()
    {
        _line.Fault = sending => sending.Number == 1 ? new NatsPayloadTooLargeException("too long") : null;
        await PublishAsync(3);
        await Eventually.TrueAsync(() => _line.Sent.Contains(2));
        Assert.Equal([0, 2], _line.Sent);
        Assert.Equal(Samples, _observer.DroppedSamples);
        Assert.Equal(["too long"], _observer.Refusals);
    }

    [Fact]
    public async Task FlushAsync_FramesUnderWay_WaitsForTheLastAcknowledgement()
    {
        await PublishAsync(2);
        await SentAsync(2);
        var flushed = _outbox.FlushAsync(CancellationToken.None);
        _line.Acknowledge(0);
        await Eventually.TrueAsync(() => _outbox.Unacknowledged == 1);
        Assert.False(flushed.IsCompleted);
        _line.Acknowledge(1);
        Assert.True(await flushed);
        Assert.True(await _outbox.FlushAsync(CancellationToken.None));
    }

    [Fact]
    public async Task FlushAsync_LogIsAway_GivesUpWhenTold()
    {
        _line.Close();
        await PublishAsync(1);
        using var patience = new CancellationTokenSource();
        var flushed = _outbox.FlushAsync(patience.Token);
        await patience.CancelAsync();
        Assert.False(await flushed);
    }

    [Theory]
    [InlineData("""{"stream":"WAVES","seq":7}""", true)]
    [InlineData("""{"stream":"WAVES", "domain":"hub", "seq":7, "duplicate": true}""", true)]
    [InlineData("""{"error":{"code":503,"err_code":10077,"description":"maximum messages exceeded"},"stream":"WAVES","seq":0}""", false)]
    [InlineData("""{"stream":"WAVES","seq":0,"error":{"code":503}}""", false)]
    [InlineData("+OK", false)]
    public void Deserialize_AnAnswer_IsNullOnlyWhenTheLogHasTheFrame(string answer, bool isStored)
    {
        var read = NatsWaveLine.AnswerReader.Default.Deserialize(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(answer)));
        Assert.Equal(isStored ? null : answer, read);
    }

    private async Task PublishAsync(int count)
    {
        for (var i = 0; i < count; i++)
            await _outbox.PublishAsync("a", Frame(_published++), CancellationToken.None);
    }

    private Task SentAsync(int count) => Eventually.TrueAsync(() => _line.Sent.Count >= count);

    private async Task CheckAsync(TimeSpan by)
    {
        await Eventually.TrueAsync(() => _time.PendingTimers > 0);
        _time.Advance(by);
    }
}
