using SignalStream.Gateway.History;
using SignalStream.Messaging;

namespace SignalStream.UnitTests.Gateway;

public class TrendColumnsTests
{
    private const long Second = 1_000_000_000;

    [Fact]
    public void Add_ReadingsOfTwoColumns_GivesTheFirstWhenTheSecondBegins()
    {
        var columns = new TrendColumns(stepMs: 10_000);
        Assert.All(Enumerable.Range(0, 10), i => Assert.Null(columns.Add(Reading(20 + i, 1 + i))));
        var done = columns.Add(Reading(30, null));
        Assert.Equal((20_000, 10, 0), (done!.Value.StartMs, done.Value.Readings, done.Value.Lost));
        Assert.Equal([1, 1.9, 3.25, 5.5, 7.75, 9.1, 9.55, 10], done.Value.Quantiles.Select(q => Math.Round(q, 3)));
        var last = columns.End()!.Value;
        Assert.Equal((30_000, 1, 1, 0), (last.StartMs, last.Readings, last.Lost, last.Quantiles.Count));
        Assert.Null(columns.End());
    }

    [Fact]
    public void Add_AReadingThatIsLate_CountsInTheColumnThatIsBeingFilled()
    {
        var columns = new TrendColumns(stepMs: 10_000);
        columns.Add(Reading(25, 1));
        Assert.Null(columns.Add(Reading(19, 1)));
        var column = columns.End()!.Value;
        Assert.Equal((20_000, 2), (column.StartMs, column.Readings));
    }

    [Fact]
    public void Add_AWindow_HasItsQuantiles()
    {
        var columns = new TrendColumns(stepMs: 60_000);
        columns.Add(new LatencyWindow(10, 1000, 0, 10, 20, 30, 5, 50, 0, 0, 0, 4, LineQuality.Good), 100 * Second);
        var column = columns.End()!.Value;
        Assert.Equal(60_000, column.StartMs);
        Assert.Equal(10, column.Quantiles[3], 0.05);
        Assert.Equal(20, column.Quantiles[6], 0.1);
        Assert.InRange(column.Quantiles[0], 5, 5.1);
        Assert.InRange(column.Quantiles[^1], 48, 50);
    }

    private static ProbeReading Reading(int seconds, double? ms) => new(
        1, (ulong)seconds, seconds * Second, ProbeKind.Tcp, ms is null ? ProbeOutcome.TimedOut : ProbeOutcome.Answered, ms ?? 0);
}
