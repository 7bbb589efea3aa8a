using System.Text;
using SignalStream.Contracts;
using SignalStream.Gateway.Relay;
using SignalStream.Gateway.Relay.Thinning;
using SignalStream.Gateway.WebSockets;
using SignalStream.Messaging;

namespace SignalStream.UnitTests.Gateway;

public class CommandParserTests
{
    [Fact]
    public void Parse_Subscribe_GivesNamesPatternsAndTypes()
    {
        var command = Good<SubscribeCommand>("""{"cmd":"subscribe","id":1,"streams":["ecg.bed-1","net.*","ecg.bed-1"],"types":["wave","finding"]}""");
        Assert.Equal(["ecg.bed-1", "net.*"], command.Streams.Select(s => s.ToString()));
        Assert.Equal(TypeSet.Of([SignalType.Wave, SignalType.Finding]), command.Types);
        Assert.Equal("1", command.Id?.GetRawText());
    }

    [Fact]
    public void Parse_SubscribeWithoutTypes_MeansAll() =>
        Assert.Equal(TypeSet.All, Good<SubscribeCommand>("""{"cmd":"subscribe","streams":["ecg.*"]}""").Types);

    [Theory]
    [InlineData("", null, 0)]
    [InlineData(",\"columns\":1", null, 0)]
    [InlineData(",\"columns\":8", null, 3)]
    [InlineData(",\"maxRate\":62.5", 62.5, 0)]
    [InlineData(",\"maxRate\":50,\"columns\":32768", 50.0, 15)]
    public void Parse_SubscribeToLess_GivesTheDetail(string fields, double? mostHz, int scale) => Assert.Equal(
        mostHz is null && scale == 0 ? null : new Detail(mostHz, scale),
        Good<SubscribeCommand>($$"""{"cmd":"subscribe","streams":["ecg.*"]{{fields}}}""").Detail);

    [Fact]
    public void Parse_SubscribeFromPlaces_GivesEachStreamItsOwn()
    {
        var from = Good<SubscribeCommand>("""
            {"cmd":"subscribe","streams":["ecg.*"],"from":{"ecg.a":{"epoch":7,"first":100,"finding":5},"ecg.b":{"first":3,"epoch":8}},"after":{"alert":9}}
            """).From!;
        var (one, other) = (from.Of(new StreamId("ecg", "a"))!, from.Of(new StreamId("ecg", "b"))!);
        Assert.Equal((7u, 100UL, 5UL), (one.Epoch, one.First, one.After[SignalType.Finding]));
        Assert.Equal((8u, 3UL, 9UL), (other.Epoch, other.First, other.After[SignalType.Alert]));
        Assert.False(from.Of(new StreamId("ecg", "c"))!.WantsWaves);
    }

    [Fact]
    public void Parse_SubscribeFromSequencesAlone_WantsEventsAndNoWaves()
    {
        var from = Good<SubscribeCommand>("""{"cmd":"subscribe","streams":["net.*"],"from":{"net.a":{"finding":5,"alert":0}}}""").From!;
        var point = from.Of(new StreamId("net", "a"))!;
        Assert.Equal((false, 5UL, 0UL), (point.WantsWaves, point.After[SignalType.Finding], point.After[SignalType.Alert]));
        Assert.False(point.WantsEvents(SignalType.Forecast));
        Assert.Null(from.Of(new StreamId("net", "b")));
    }

    [Theory]
    [InlineData("0", false)]
    [InlineData("-10.5", true)]
    public void Parse_SubscribeFromSecondsBack_HoldsForAll(string seconds, bool back)
    {
        var from = Good<SubscribeCommand>($$"""{"cmd":"subscribe","streams":["ecg.*"],"from":{{seconds}}}""").From;
        Assert.Equal(back ? TimeSpan.FromSeconds(10.5) : null, from?.Of(new StreamId("ecg", "a"))?.Back);
    }

    [Fact]
    public void Parse_Time_GivesTheViewersTime() => Assert.Equal(123.4, Good<TimeCommand>("""{"cmd":"time","id":"a","t0":123.4}""").T0);

    [Theory]
    [InlineData("""{"cmd":"status"}""", null)]
    [InlineData(""" { "id" : 1.50 , "cmd" : "status" } """, "1.50")]
    [InlineData("""{"cmd":"status","id":"x\u00e9"}""", "\"x\\u00e9\"")]
    public void Parse_Status_RepeatsTheIdAsItCame(string text, string? id) =>
        Assert.Equal(id, Good<StatusCommand>(text).Id?.GetRawText());

    [Fact]
    public void Parse_Unsubscribe_GivesNames() =>
        Assert.Equal("ecg.*", Assert.Single(Good<UnsubscribeCommand>("""{"cmd":"unsubscribe","streams":["ecg.*"]}""").Streams).ToString());

    [Theory]
    [InlineData("bad_json", "")]
    [InlineData("bad_json", "hello")]
    [InlineData("bad_json", "[1]")]
    [InlineData("bad_json", "null")]
    [InlineData("bad_json", "{}")]
    [InlineData("bad_json", """{"cmd":1}""")]
    [InlineData("bad_json", """{"cmd":"status"} {"cmd":"status"}""")]
    [InlineData("bad_json", """{"cmd":"status",}""")]
    [InlineData("bad_json", """{"cmd":"status","cmd":"time"}""")]
    [InlineData("bad_json", """{"cmd":"status"/* why */}""")]
    [InlineData("bad_json", """{"cmd":"\ud800"}""")]
    [InlineData("bad_json", """{"cmd":"status","id":"\ud800"}""")]
    [InlineData("bad_json", """{"cmd":"status","a":[[[[[[[[[1]]]]]]]]]}""")]
    [InlineData("unknown_command", """{"cmd":"Subscribe"}""")]
    [InlineData("unknown_command", """{"cmd":""}""")]
    [InlineData("unknown_field", """{"cmd":"status","stream":"ecg.a"}""")]
    [InlineData("unknown_field", """{"cmd":"subscribe","stream":["ecg.a"]}""")]
    [InlineData("unknown_field", """{"cmd":"unsubscribe","streams":["ecg.a"],"types":["wave"]}""")]
    [InlineData("bad_field", """{"cmd":"status","id":null}""")]
    [InlineData("bad_field", """{"cmd":"status","id":{}}""")]
    [InlineData("bad_field", """{"cmd":"status","id":"12345678901234567890123456789012345678901234567890123456789012345"}""")]
    [InlineData("bad_field", """{"cmd":"subscribe"}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":[]}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":"ecg.a"}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":["ecg.a"],"types":[]}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":["ecg.a"],"types":["waves"]}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":["ecg.a"],"types":"wave"}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":["ecg.a"],"types":[1]}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":["ecg.a"],"maxRate":0}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":["ecg.a"],"maxRate":1e999}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":["ecg.a"],"maxRate":"50"}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":["ecg.a"],"columns":0}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":["ecg.a"],"columns":3}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":["ecg.a"],"columns":65536}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":["ecg.a"],"columns":2.5}""")]
    [InlineData("unknown_field", """{"cmd":"accounts","streams":["ecg.a"]}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":["ecg.a"],"from":1}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":["ecg.a"],"from":-86401}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":["ecg.a"],"from":"now"}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":["ecg.a"],"from":{"epoch":1}}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":["ecg.a"],"from":{"epoch":0,"first":1}}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":["ecg.a"],"from":{"epoch":1,"first":-1}}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":["ecg.a"],"from":{"epoch":1,"first":1,"wave":1}}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":["ecg.a"],"from":{"net.a":{"epoch":1,"first":1}}}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":["net.a"],"from":{"net.a":{}}}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":["net.a"],"from":{"net.a":{"reading":1}}}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":["ecg.a"],"after":{"wave":1}}""")]
    [InlineData("bad_field", """{"cmd":"subscribe","streams":["ecg.a"],"after":7}""")]
    [InlineData("bad_field", """{"cmd":"time"}""")]
    [InlineData("bad_field", """{"cmd":"time","t0":"1"}""")]
    [InlineData("bad_field", """{"cmd":"time","t0":1e999}""")]
    [InlineData("bad_stream", """{"cmd":"subscribe","streams":["ecg"]}""")]
    [InlineData("bad_stream", """{"cmd":"subscribe","streams":["*"]}""")]
    [InlineData("bad_stream", """{"cmd":"subscribe","streams":["*.*"]}""")]
    [InlineData("bad_stream", """{"cmd":"subscribe","streams":["ecg.>"]}""")]
    [InlineData("bad_stream", """{"cmd":"subscribe","streams":["ecg.a b"]}""")]
    [InlineData("bad_stream", """{"cmd":"subscribe","streams":["ecg.a.b"]}""")]
    [InlineData("bad_stream", """{"cmd":"subscribe","streams":["ecg.a",7]}""")]
    [InlineData("bad_stream", """{"cmd":"unsubscribe","streams":[""]}""")]
    public void Parse_BadCommand_GivesItsCode(string code, string text)
    {
        var parsed = CommandParser.Parse(Encoding.UTF8.GetBytes(text));
        Assert.Null(parsed.Command);
        Assert.Equal(code, parsed.Error?.Code);
        Assert.NotEmpty(parsed.Error!.Message);
    }

    [Fact]
    public void Parse_BadField_AnswersToTheIdAndNamesValueAndRule()
    {
        var parsed = CommandParser.Parse("""{"cmd":"subscribe","id":"s1","streams":["ecg bed"]}"""u8.ToArray());
        Assert.Equal("s1", parsed.Id?.GetString());
        Assert.Equal("\"ecg bed\": a stream is <kind>.<id>, each 1 to 64 of A-Z, a-z, 0-9, _ and -; a pattern is <kind>.*.", parsed.Error?.Message);
    }

    [Fact]
    public void Parse_AnyMutationOfACommand_GivesACommandOrAnError()
    {
        var random = new Random(1);
        var command = """{"cmd":"subscribe","id":1,"streams":["ecg.bed-1","net.*"],"types":["wave","finding"]}"""u8.ToArray();
        for (var i = 0; i < 20_000; i++)
        {
            var mutated = command.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            var parsed = CommandParser.Parse(mutated.AsMemory(0, random.Next(mutated.Length + 1)));
            Assert.True(parsed.Command is null != parsed.Error is null);
        }
    }

    private static T Good<T>(string text)
        where T : Command
    {
        var parsed = CommandParser.Parse(Encoding.UTF8.GetBytes(text));
        Assert.Null(parsed.Error);
        return Assert.IsType<T>(parsed.Command);
    }
}
