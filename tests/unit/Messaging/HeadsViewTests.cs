using SignalStream.Contracts.V1;
using SignalStream.Messaging.Partitions;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Messaging;

/// <summary>Whose checkpoint stands still.</summary>
public sealed class HeadsViewTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly HeadsView _heads;
    private ulong _revision;

    public HeadsViewTests() => _heads = new HeadsView(_time);

    [Fact]
    public void Changed_InputCameBeforeAnyHead_IsTaken()
    {
        _heads.Moved(5, 100);
        Write();
        Assert.Equal("one", _heads.Of(5)?.Checkpoint.Owner);
    }

    [Fact]
    public void Stalls_HeadsThatDoNotSpeakOfTheInput_CountAllTheSame()
    {
        Write();
        _heads.Moved(5, 100);
        Write(upTo: 99);
        _time.Advance(TimeSpan.FromSeconds(3.1));
        Assert.Equal(1, _heads.Stalls(5));
    }

    [Fact]
    public void NewsOf_FoundThereOrToldBefore_IsNone()
    {
        _heads.Changed(5, new StoredCheckpoint(new Checkpoint(), 1, 1), false);
        Assert.Null(_heads.NewsOf(5, 0));
        _heads.Changed(5, new StoredCheckpoint(new Checkpoint(), 2, 2), true);
        Assert.Equal(2UL, _heads.NewsOf(5, _time.GetTimestamp() - 1)?.Revision);
        Assert.Null(_heads.NewsOf(5, _time.GetTimestamp()));
    }

    [Fact]
    public void Stalls_NothingMoved_IsZeroHoweverLong()
    {
        Write();
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, _heads.Stalls(5));
    }

    [Fact]
    public void Stalls_MovedAndNotWritten_RisesEveryThreeSeconds()
    {
        Write();
        _heads.Moved(5, 100);
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.Equal(0, _heads.Stalls(5));
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(1, _heads.Stalls(5));
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(2, _heads.Stalls(5));
        Write();
        Assert.Equal(0, _heads.Stalls(5));
    }

    [Fact]
    public void Stalls_CheckpointsThatTakeLong_AreGivenThreeTimesAsLong()
    {
        Write();
        _heads.Moved(5, 100);
        _time.Advance(TimeSpan.FromSeconds(2));
        Write();
        _heads.Moved(5, 100);
        _time.Advance(TimeSpan.FromSeconds(5.9));
        Assert.Equal(0, _heads.Stalls(5));
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(1, _heads.Stalls(5));
    }

    [Fact]
    public void Stalls_AfterALongTimeWithoutInput_CountsFromTheInput()
    {
        Write();
        _time.Advance(TimeSpan.FromMinutes(10));
        _heads.Moved(5, 100);
        Write();
        _heads.Moved(5, 100);
        _time.Advance(TimeSpan.FromSeconds(3.1));
        Assert.Equal(1, _heads.Stalls(5));
    }

    private void Write(ulong upTo = 100) => _heads.Changed(5, new StoredCheckpoint(new Checkpoint { Owner = "one", InputSequence = upTo }, ++_revision, (long)_revision), true);
}
