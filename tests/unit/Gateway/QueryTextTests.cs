using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using SignalStream.Gateway.History;

namespace SignalStream.UnitTests.Gateway;

public class QueryTextTests
{
    private static readonly DateTimeOffset s_now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("now", "2026-05-01T12:00:00Z")]
    [InlineData("-90s", "2026-05-01T11:58:30Z")]
    [InlineData("-15m", "2026-05-01T11:45:00Z")]
    [InlineData("-1.5h", "2026-05-01T10:30:00Z")]
    [InlineData("-2d", "2026-04-29T12:00:00Z")]
    [InlineData("2026-04-01T00:00:00Z", "2026-04-01T00:00:00Z")]
    [InlineData("2026-04-01t00:00:00.123456789z", "2026-04-01T00:00:00.1234568Z")]
    [InlineData("2026-04-01T02:00:00+02:00", "2026-04-01T00:00:00Z")]
    [InlineData("2026-04-01T02:00:00 02:00", "2026-04-01T00:00:00Z")]
    public void ReadTime_ATime_IsThatMoment(string text, string moment)
    {
        Assert.Null(QueryText.ReadTime(Query(("from", text)), "from", s_now, out var time));
        Assert.Equal(moment, QueryText.Rfc3339(time!.Value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("15m")]
    [InlineData("-15")]
    [InlineData("-15 m")]
    [InlineData("-400d")]
    [InlineData("-1e3s")]
    [InlineData("2026-04-01")]
    [InlineData("2026-04-01T00:00:00")]
    [InlineData("2026-13-01T00:00:00Z")]
    [InlineData("2026-04-01T25:00:00Z")]
    public void ReadTime_NoTime_IsAnErrorThatNamesIt(string text)
    {
        var error = QueryText.ReadTime(Query(("from", text)), "from", s_now, out var time);
        Assert.StartsWith($"from=\"{text}\": a time is as in RFC 3339", error, StringComparison.Ordinal);
        Assert.Null(time);
    }

    private static QueryCollection Query(params (string Name, string Value)[] fields) =>
        new(fields.ToDictionary(f => f.Name, f => new StringValues(f.Value)));
}
