using System.Globalization;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Consuming;
using NATS.Client.JetStream.Models;

namespace SignalStream.UnitTests.JetStream;

public sealed class OrderedPositionTests
{
    [Fact]
    public void Judge_NumbersInARow_TakesThemAndResumesAfterTheLast()
    {
        var position = Started(ConsumerConfigDeliverPolicy.All, delivered: 0, pending: 2);

        Assert.Equal([Verdict.Take, Verdict.Take], [position.Judge(Ack(3, 1, 1)), position.Judge(Ack(7, 2, 0))]);
        Assert.Equal((ConsumerConfigDeliverPolicy.ByStartSequence, 8UL), Next(position));
    }

    [Fact]
    public void Judge_NumberLeftOut_IsAGapAndResumesBeforeIt()
    {
        var position = Started(ConsumerConfigDeliverPolicy.All, delivered: 0, pending: 9);

        position.Judge(Ack(1, 1, 8));

        Assert.Equal(Verdict.Gap, position.Judge(Ack(3, 3, 6)));
        Assert.Equal((ConsumerConfigDeliverPolicy.ByStartSequence, 2UL), Next(position));
    }

    [Theory]
    [InlineData(ConsumerConfigDeliverPolicy.New, 41)]
    [InlineData(ConsumerConfigDeliverPolicy.Last, 40)]
    [InlineData(ConsumerConfigDeliverPolicy.ByStartTime, 12)]
    public void Apply_ResetBeforeTheFirstMessage_StartsWhereTheServerChoseTo(ConsumerConfigDeliverPolicy policy, ulong delivered)
    {
        var position = Started(policy, delivered, pending: 0);

        Assert.Equal((ConsumerConfigDeliverPolicy.ByStartSequence, delivered + 1), Next(position));
    }

    [Fact]
    public void Apply_NeverCreated_KeepsTheWantedStart()
    {
        var position = new OrderedPosition(new NatsJSOrderedConsumerOpts { DeliverPolicy = ConsumerConfigDeliverPolicy.ByStartSequence, OptStartSeq = 5 });

        Assert.Equal((ConsumerConfigDeliverPolicy.ByStartSequence, 5UL), Next(position));
        Assert.Equal((ConsumerConfigDeliverPolicy.ByStartSequence, 5UL), Next(position));
    }

    [Fact]
    public void Judge_SnapshotTakenAgain_SkipsWhatWasDelivered()
    {
        var position = Started(ConsumerConfigDeliverPolicy.LastPerSubject, delivered: 0, pending: 3);
        position.Judge(Ack(10, 1, 2));
        position.Judge(Ack(20, 2, 1));

        Assert.Equal(ConsumerConfigDeliverPolicy.LastPerSubject, Next(position).Policy);
        position.Begin(Info(0, 3));
        Verdict[] verdicts = [position.Judge(Ack(10, 1, 2)), position.Judge(Ack(20, 2, 1)), position.Judge(Ack(30, 3, 0))];

        Assert.Equal([Verdict.Skip, Verdict.Skip, Verdict.Take], verdicts);
        Assert.True(position.IsCaughtUp);
        Assert.Equal((ConsumerConfigDeliverPolicy.ByStartSequence, 31UL), Next(position));
    }

    [Fact]
    public void Apply_SnapshotThatBroughtNothingNew_GoesOnBySequence()
    {
        var position = Started(ConsumerConfigDeliverPolicy.LastPerSubject, delivered: 0, pending: 3);
        position.Judge(Ack(10, 1, 2));
        Next(position);
        position.Begin(Info(0, 3));
        position.Judge(Ack(10, 1, 2));

        Assert.Equal((ConsumerConfigDeliverPolicy.ByStartSequence, 11UL), Next(position));
        position.Begin(Info(10, 2));
        Assert.Equal(Verdict.Take, position.Judge(Ack(11, 1, 1)));
    }

    [Fact]
    public void Idle_SomeOfTheStartRemovedMeanwhile_IsCaughtUp()
    {
        var position = Started(ConsumerConfigDeliverPolicy.LastPerSubject, delivered: 0, pending: 3);
        position.Judge(Ack(10, 1, 2));
        Assert.False(position.IsCaughtUp);

        position.Idle();

        Assert.True(position.IsCaughtUp);
        Assert.Equal((ConsumerConfigDeliverPolicy.ByStartSequence, 11UL), Next(position));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("_INBOX.x")]
    public void Judge_NoDelivery_IsSkipped(string? replyTo) =>
        Assert.Equal(Verdict.Skip, Started(ConsumerConfigDeliverPolicy.All, 0, 1).Judge(replyTo));

    private static OrderedPosition Started(ConsumerConfigDeliverPolicy policy, ulong delivered, ulong pending)
    {
        var position = new OrderedPosition(new NatsJSOrderedConsumerOpts { DeliverPolicy = policy });
        Next(position);
        position.Begin(Info(delivered, pending));
        return position;
    }

    private static (ConsumerConfigDeliverPolicy Policy, ulong Start) Next(OrderedPosition position)
    {
        var config = new ConsumerConfig();
        position.Apply(config);
        return (config.DeliverPolicy, config.OptStartSeq);
    }

    private static ConsumerInfo Info(ulong delivered, ulong pending) => new()
    {
        StreamName = "S",
        Name = "c",
        Delivered = new SequenceInfo { StreamSeq = delivered },
        NumPending = pending,
    };

    private static string Ack(ulong stream, ulong consumer, ulong pending) =>
        string.Create(CultureInfo.InvariantCulture, $"$JS.ACK.S.c.1.{stream}.{consumer}.1767225600000000000.{pending}");
}
