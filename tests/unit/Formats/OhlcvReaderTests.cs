using SignalStream.Formats.Csv;

namespace SignalStream.UnitTests.Formats;

public sealed class OhlcvReaderTests
{
    [Fact]
    public void ReadAll_ColumnsInAnyOrder_AreFoundByTheHeader()
    {
        var rows = Read("Volume,Close,\"Date\",low,HIGH,Open\n100,2,2020-01-02,1,3,1.5\n\n\"7\",2.5,2020-01-03,2,3,2\n");
        Assert.Equal(new OhlcvRow(1_577_923_200_000_000_000, 1.5, 3, 1, 2, 100), rows[0]);
        Assert.Equal(7, rows[1].Volume);
    }

    [Fact]
    public void ReadAll_OnlyTimesAndCloses_AreBarsOfOnePrice() =>
        Assert.Equal([new OhlcvRow(1_000_000_000, 5, 5, 5, 5, 0)], Read("t,price\n1,5\n"));

    [Theory]
    [InlineData("", "empty")]
    [InlineData("open,high\n", "No column is a time")]
    [InlineData("time,close\nyesterday,5\n", "'yesterday' is no time")]
    [InlineData("time,close\n2020-01-01,five\n", "'five' under close is no number")]
    [InlineData("time,close\n2020-01-01\n", "Line 2 has 1 fields, the header 2")]
    public void ReadAll_NoTableOfBars_SaysWhereAndWhy(string text, string said)
    {
        var thrown = Assert.Throws<CsvException>(() => Read(text));
        Assert.Contains(said, thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2015-09-01 11:25:00", 1_441_106_700_000_000_000)]
    [InlineData("2025-05-30T16:40:00Z", 1_748_623_200_000_000_000)]
    [InlineData("2025-05-30T18:40:00+02:00", 1_748_623_200_000_000_000)]
    [InlineData("1748623200", 1_748_623_200_000_000_000)]
    [InlineData("1748623200000", 1_748_623_200_000_000_000)]
    [InlineData("1748623200000000", 1_748_623_200_000_000_000)]
    [InlineData("1748623200000000000", 1_748_623_200_000_000_000)]
    public void TryParse_UsualTimes_AreUnderstood(string text, long expected)
    {
        Assert.True(CsvTime.TryParse(text, out var timeNs));
        Assert.Equal(expected, timeNs);
    }

    private static OhlcvRow[] Read(string text) => [.. new OhlcvReader(new StringReader(text)).ReadAll()];
}
