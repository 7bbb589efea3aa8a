using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;

namespace SignalStream.ChaosTests.Processor;

/// <summary>A proof is worth what its comparison sees.</summary>
public sealed class ComparisonTests
{
    private static readonly StreamId Bed1 = new("ecg", "bed-1");

    private readonly SignalEvent[] _expected = [Beat(100), Beat(300), Rate(500), Beat(500), Beat(700)];

    [Fact]
    public void Of_TheSameEvents_IsEmpty() => Assert.Empty(Comparison.Of(_expected, Log(_expected)));

    [Fact]
    public void Of_OneLess_IsMissing() =>
        AssertOne(DifferenceKind.Missing, 300, Log(_expected[0], _expected[2], _expected[3], _expected[4]));

    [Fact]
    public void Of_NothingFound_IsAllMissing() => Assert.Equal(5, Comparison.Of(_expected, []).Count);

    [Fact]
    public void Of_OneTwice_IsDoubled() =>
        AssertOne(DifferenceKind.Doubled, 300, Log(_expected[0], _expected[1], _expected[1], _expected[2], _expected[3], _expected[4]));

    [Fact]
    public void Of_OneWithAnotherValue_IsDifferent() =>
        AssertOne(DifferenceKind.Different, 300, Log(_expected[0], Beat(300, 801), _expected[2], _expected[3], _expected[4]));

    [Fact]
    public void Of_OneMore_IsUnexpected() => AssertOne(DifferenceKind.Unexpected, 650, Log([.. _expected[..4], Beat(650), _expected[4]]));

    [Fact]
    public void Of_OneOfAnotherStream_IsUnexpected()
    {
        var stray = Beat(300) with { Place = Beat(300).Place with { Stream = new StreamId("ecg", "bed-2") } };
        AssertOne(DifferenceKind.Unexpected, 300, Log([.. _expected, stray]));
    }

    [Fact]
    public void Of_TwoInTheOtherOrder_IsOutOfOrder() =>
        AssertOne(DifferenceKind.OutOfOrder, 100, Log(_expected[1], _expected[0], _expected[2], _expected[3], _expected[4]));

    private void AssertOne(DifferenceKind kind, ulong index, IEnumerable<Found> found)
    {
        var difference = Assert.Single(Comparison.Of(_expected, found));
        Assert.Equal((kind, index), (difference.Kind, difference.Place.Index));
    }

    private static IEnumerable<Found> Log(params SignalEvent[] events) =>
        events.Select((e, i) => new Found((ulong)i + 1, DateTimeOffset.UnixEpoch.AddSeconds(i), e, EventCodec.Encode(e)));

    private static BeatEvent Beat(ulong index, double rrMs = 800) => new(Place(index), "beats/1", rrMs, 1, 80, 0.9, BeatKind.Normal);

    private static HeartRateEvent Rate(ulong index) => new(Place(index), "heart-rate/1", 75, 75, 8, 0.9, null);

    private static EventPlace Place(ulong index) => new(Bed1, 7, index, (long)index * 4_000_000);
}
