using SignalStream.Contracts;

namespace SignalStream.UnitTests.Contracts;

public sealed class StreamIdTests
{
    [Theory]
    [InlineData("ecg.bed-1", "ecg", "bed-1")]
    [InlineData("market.AAPL", "market", "AAPL")]
    [InlineData("a._", "a", "_")]
    public void Parse_NameThatFollowsTheRule_GivesKindAndId(string text, string kind, string id)
    {
        Assert.Equal(new StreamId(kind, id), StreamId.Parse(text));
        Assert.Equal(text, StreamId.Parse(text).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("ecg")]
    [InlineData("ecg.")]
    [InlineData(".bed")]
    [InlineData("ecg.bed.1")]
    [InlineData("ecg.bed 1")]
    [InlineData("ecg.bed*")]
    [InlineData("ecg.>")]
    [InlineData("ecg.bäd")]
    [InlineData("ecg.12345678901234567890123456789012345678901234567890123456789012345")]
    public void TryParse_NameThatBreaksTheRule_IsRefused(string text)
    {
        Assert.False(StreamId.TryParse(text, out _));
        var message = Assert.Throws<FormatException>(() => StreamId.Parse(text)).Message;
        Assert.Contains(text, message, StringComparison.Ordinal);
        Assert.Contains(StreamId.Rule, message, StringComparison.Ordinal);
    }
}
