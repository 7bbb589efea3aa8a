using SignalStream.Contracts;
using SignalStream.Gateway.Relay;
using SignalStream.Gateway.Relay.Resume;
using SignalStream.Gateway.Relay.Thinning;
using SignalStream.Messaging;

namespace SignalStream.UnitTests.Gateway;

public class ResumingTests
{
    private static readonly DateTimeOffset Stored = DateTimeOffset.UnixEpoch.AddDays(20_000);

    private readonly RelayKit _kit = new();

    [Fact]
    public void Take_LogThenLive_JoinsWithNeitherGapNorRepeat()
    {
        var stream = Attach(At(100));
        Live(300);
        Logged(stream, [100, 110, 120], isCaughtUp: false);
        Live(310);
        Logged(stream, Enumerable.Range(13, 19).Select(i => (ulong)i * 10), isCaughtUp: true);
        Live(320);
        Assert.Null(stream.Resuming);
        Live(330);
        Assert.Equal(Enumerable.Range(10, 24).Select(i => (FrameKind.Samples, (ulong)i * 10, 10UL)), Sent());
        AssertNothingHeld(stream);
    }

    [Fact]
    public void Take_LiveKeptBeforeTheLogHasReachedIt_FollowsTheLog()
    {
        var stream = Attach(At(0));
        Logged(stream, [0], isCaughtUp: true);
        Live(40);
        Live(50);
        Assert.NotNull(stream.Resuming);
        Logged(stream, [10, 20, 30, 40], isCaughtUp: true);
        Assert.Null(stream.Resuming);
        Assert.Equal([0UL, 10, 20, 30, 40, 50], Sent().Select(s => s.First));
        AssertNothingHeld(stream);
    }

    [Fact]
    public void Take_LogIsFurtherThanWhatIsLive_RepeatsNothing()
    {
        var stream = Attach(At(0));
        Logged(stream, [0, 10, 20, 30], isCaughtUp: true);
        foreach (var first in new ulong[] { 10, 20, 30, 40 })
            Live(first);
        Assert.Equal([0UL, 10, 20, 30, 40], Sent().Select(s => s.First));
        Assert.Null(stream.Resuming);
    }

    [Fact]
    public void Take_PlaceInsideAFrame_SendsOnlyThePartBehindIt()
    {
        var stream = Attach(At(103));
        Logged(stream, [100, 110], isCaughtUp: true);
        Live(120);
        Assert.Equal([(FrameKind.Samples, 103UL, 7UL), (FrameKind.Samples, 110, 10), (FrameKind.Samples, 120, 10)], Sent());
    }

    [Fact]
    public void Take_LogBeginsBehindThePlace_TellsTheGap()
    {
        var stream = Attach(At(100));
        Logged(stream, [500, 510], isCaughtUp: false);
        Logged(stream, [520], isCaughtUp: true, Stored.AddSeconds(3));
        Live(530);
        Assert.Equal((FrameKind.Gap, 100UL, 400UL), Sent()[0]);
        Assert.Equal((byte)GapReason.NoLongerInLog, _kit.Socket.Sent[0].Bytes[^1]);
        Assert.Equal([500UL, 510, 520, 530], Sent().Skip(1).Select(s => s.First));
        Assert.Null(stream.Resuming);
    }

    [Fact]
    public void Take_ProducerHasSentAgain_PutsTheLogInOrder()
    {
        var stream = Attach(At(0));
        Logged(stream, [0, 10, 30, 40, 50, 20, 30, 40, 50, 60], isCaughtUp: true);
        Live(70);
        Assert.Equal([0UL, 10, 20, 30, 40, 50, 60, 70], Sent().Select(s => s.First));
        Assert.DoesNotContain(Sent(), s => s.Kind == FrameKind.Gap);
    }

    [Theory]
    [InlineData(1.9, false)]
    [InlineData(2.1, true)]
    public void Take_MissingInALogThatGoesOn_IsToldAfterTwoSecondsOfItsTime(double seconds, bool isTold)
    {
        var stream = Attach(At(0));
        Logged(stream, [0, 20], isCaughtUp: true);
        Live(30);
        Assert.Single(Sent());
        Logged(stream, [30], isCaughtUp: true, Stored.AddSeconds(seconds));
        Assert.Equal(isTold ? 4 : 1, Sent().Count);
        Assert.Equal(isTold, Sent().Contains((FrameKind.Gap, 10UL, 10UL)));
    }

    [Fact]
    public void Take_MissingAndNothingComesOfTheLog_IsToldAfterTenSeconds()
    {
        var stream = Attach(At(0));
        Logged(stream, [0, 20], isCaughtUp: true);
        Live(30);
        _kit.Time.Advance(TimeSpan.FromSeconds(9.9));
        Live(40);
        Assert.Single(Sent());
        _kit.Time.Advance(TimeSpan.FromSeconds(0.2));
        Live(50);
        Assert.Equal([(FrameKind.Samples, 0UL, 10UL), (FrameKind.Gap, 10, 10), (FrameKind.Samples, 20, 10), (FrameKind.Samples, 30, 10), (FrameKind.Samples, 40, 10), (FrameKind.Samples, 50, 10)], Sent());
        Assert.Null(stream.Resuming);
    }

    [Theory]
    [InlineData(1.9, 1)]
    [InlineData(2.1, 3)]
    public void Take_LogHasNoMoreForAWhile_IsToldUnlessTheHoleHasJustComeAbout(double seconds, int sent)
    {
        var stream = Attach(At(0));
        Logged(stream, [0, 20], isCaughtUp: true);
        _kit.Time.Advance(TimeSpan.FromSeconds(seconds));
        Dry(stream);
        Assert.Equal(sent, Sent().Count);
        Assert.NotNull(stream.Resuming);
    }

    [Fact]
    public void Take_StreamWasSilentForAWhileAndGoesOnWithAHole_TheLogIsReadForIt()
    {
        var stream = Attach(At(0));
        Logged(stream, [0], isCaughtUp: true);
        _kit.Time.Advance(TimeSpan.FromSeconds(5));
        Dry(stream);
        Live(20);
        Assert.Single(Sent());
        Logged(stream, [10, 20], isCaughtUp: true, Stored.AddSeconds(50));
        Assert.Equal([0UL, 10, 20], Sent().Select(s => s.First));
        Assert.Null(stream.Resuming);
    }

    [Fact]
    public void Take_LogIsBackAfterAWhile_IsReadBeforeAnythingIsGivenUp()
    {
        var stream = Attach(At(0));
        var resuming = stream.Resuming!;
        Logged(stream, [0, 10], isCaughtUp: true);
        var hole = resuming.HoleAsync(CancellationToken.None);
        Assert.False(hole.IsCompleted);
        _kit.Time.Advance(TimeSpan.FromSeconds(8));
        Live(50);
        Assert.True(hole.IsCompletedSuccessfully);
        foreach (var (first, seconds) in ((ulong, double)[])[(20, 8), (30, 9.5), (40, 11)])
        {
            Live(first + 40);
            Logged(stream, [first], isCaughtUp: first == 40, Stored.AddSeconds(seconds));
        }

        Assert.Equal(Enumerable.Range(0, 9).Select(i => (FrameKind.Samples, (ulong)i * 10, 10UL)), Sent());
        Assert.Null(stream.Resuming);
    }

    [Fact]
    public void Take_NewEpochInTheLog_GoesOnWithIt()
    {
        var stream = Attach(At(100));
        Logged(stream, [100], isCaughtUp: false);
        Batch(stream, [_kit.Shared(0, epoch: 2)], isCaughtUp: true);
        _kit.Publish(_kit.Shared(10, epoch: 2));
        _kit.Work();
        Assert.Equal([100UL, 0, 10], Sent().Select(s => s.First));
        Assert.Null(stream.Resuming);
    }

    [Fact]
    public void Take_StreamIsSilent_WaitsWithoutAReaderAndTellsWhatItThenLacks()
    {
        var stream = Attach(At(100));
        Logged(stream, [100], isCaughtUp: true);
        Batch(stream, [], isCaughtUp: true, isLast: true);
        Assert.NotNull(stream.Resuming);
        Live(200);
        Assert.Equal([(FrameKind.Samples, 100UL, 10UL), (FrameKind.Gap, 110, 90), (FrameKind.Samples, 200, 10)], Sent());
        Assert.Null(stream.Resuming);
    }

    [Fact]
    public void Take_PlaceFarBeyondTheSource_GoesOnWithWhatIsLive()
    {
        var stream = Attach(At(1_000_000_000));
        Batch(stream, [], isCaughtUp: true);
        Live(200);
        Assert.Equal([200UL], Sent().Select(s => s.First));
        Assert.Null(stream.Resuming);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public void Take_ViewerOfColumns_GetsEveryPlaceOnceInEveryForm(int scale)
    {
        var stream = Attach(At(0), new Detail(null, scale));
        Logged(stream, Enumerable.Range(0, 50).Select(i => (ulong)i * 10), isCaughtUp: true);
        for (ulong first = 500; first < 2000; first += 10)
            Live(first);
        Assert.Null(stream.Resuming);
        Assert.Equal(scale, stream.Form?.Scale);
        ulong next = 0;
        foreach (var (kind, first, covers) in Sent())
        {
            Assert.NotEqual(FrameKind.Gap, kind);
            Assert.Equal(next, first);
            next += covers;
        }

        Assert.InRange(next, 2000UL - 64, 2000UL);
        stream.Topic.Detach(stream);
        _kit.Work();
        Assert.Equal((0, 0), (stream.Topic.Levels.Mask, _kit.Buffers.Out));
    }

    [Fact]
    public void Take_EventsOfTheLogAndLive_EachOnceInOrder()
    {
        Publish(100, sequence: 7);
        var stream = Attach(new ResumePoint(0, 0, null, new Dictionary<SignalType, ulong> { [SignalType.Finding] = 5 }));
        Publish(200, sequence: 9);
        Assert.Empty(_kit.Socket.Sent);
        Batch(stream, [Event(50, 6), Event(100, 7), Event(100, 8)], isCaughtUp: true, type: SignalType.Finding);
        Publish(300, sequence: 10);
        Assert.Equal([6UL, 7, 9, 10], _kit.Socket.Sent.Select(s => BitConverter.ToUInt64(s.Bytes, 16)));
        Assert.Null(stream.Resuming);
    }

    [Fact]
    public void End_InTheMiddle_StopsTheReadersAndHoldsNothing()
    {
        var stream = Attach(At(0));
        var resuming = stream.Resuming!;
        Logged(stream, [0, 20, 30], isCaughtUp: true);
        Live(50);
        stream.Topic.Detach(stream);
        _kit.Work();
        Assert.True(resuming.Stop.IsCancellationRequested);
        Logged(stream, [10], isCaughtUp: true);
        Assert.Equal(0, _kit.Buffers.Out);
    }

    private static ResumePoint At(ulong first) => new(1, first, null, ResumePoint.NoEvents);

    private ViewerStream Attach(ResumePoint from, Detail? detail = null)
    {
        var stream = new ViewerStream(_kit.Viewer, _kit.Topic, TypeSet.All, detail);
        stream.Resume(from, _kit.Frames, _kit.Time);
        _kit.Topic.Attach(stream);
        _kit.Work();
        return stream;
    }

    private void Dry(ViewerStream stream)
    {
        _kit.Worker.Post(stream, new ReplayBatch([], SignalType.Wave, default, IsCaughtUp: true, IsLast: false, IsDry: true));
        _kit.Work();
    }

    private void Live(ulong first)
    {
        _kit.Publish(_kit.Shared(first));
        _kit.Work();
    }

    private void Publish(ulong index, ulong sequence)
    {
        Assert.True(_kit.Topic.TryPublish(SignalType.Finding, RelayKit.Rate(index, sequence: sequence)));
        _kit.Work();
    }

    private SharedFrame Event(ulong index, ulong sequence) => _kit.Frames.Event(7, 250, RelayKit.Rate(index, sequence: sequence));

    private void Logged(ViewerStream stream, IEnumerable<ulong> firsts, bool isCaughtUp, DateTimeOffset? stored = null) =>
        Batch(stream, [.. firsts.Select(f => _kit.Shared(f))], isCaughtUp, stored: stored);

    private void Batch(
        ViewerStream stream, IReadOnlyList<SharedFrame> frames, bool isCaughtUp, bool isLast = false,
        SignalType type = SignalType.Wave, DateTimeOffset? stored = null)
    {
        var batch = new ReplayBatch(frames, type, stored ?? Stored, isCaughtUp, isLast);
        _kit.Worker.Post(stream, batch);
        _kit.Work();
        Assert.True(batch.Taken.IsCompleted);
    }

    private List<(FrameKind Kind, ulong First, ulong Covers)> Sent() => [.. _kit.Socket.Sent.Select(s =>
    {
        Assert.Equal(FrameError.None, FrameHeader.TryRead(s.Bytes, out var header));
        return (header.Kind, header.First, SharedFrame.CoverOf(header, s.Bytes));
    })];

    private void AssertNothingHeld(ViewerStream stream)
    {
        Assert.Equal(0, _kit.Buffers.Out);
        Assert.Equal(0, stream.Account.Dropped);
    }
}
