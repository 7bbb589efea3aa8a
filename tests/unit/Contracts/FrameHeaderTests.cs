using System.Globalization;
using System.Text.Json;
using SignalStream.Contracts;
using SignalStream.TestKit;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.UnitTests.Contracts;

/// <summary>Against the golden file that the TypeScript tests decode too.</summary>
public sealed class FrameHeaderTests
{
    private static readonly JsonElement Golden = JsonDocument.Parse(
        File.ReadAllText(Path.Combine(Repository.Root, "tests", "data", "frames.golden.json"))).RootElement;

    public static TheoryData<string> Frames => Names("frames");

    public static TheoryData<string> Refused => Names("refused");

    [Theory]
    [MemberData(nameof(Frames))]
    public void TryRead_GoldenFrame_IsWhatItSays(string name)
    {
        var (frame, entry) = Find("frames", name);
        var expected = entry.GetProperty("expect");

        Assert.Equal(FrameError.None, FrameHeader.TryRead(frame, out var header));

        Assert.Equal(expected.GetProperty("kind").GetString(), header.Kind.ToString(), ignoreCase: true);
        Assert.Equal(expected.GetProperty("scale").GetInt32(), header.Scale);
        Assert.Equal(expected.GetProperty("count").GetInt32(), header.Count);
        Assert.Equal(expected.GetProperty("topic").GetUInt32(), header.Topic);
        Assert.Equal(expected.GetProperty("epoch").GetUInt32(), header.Epoch);
        Assert.Equal(expected.GetProperty("rateHz").GetSingle(), header.RateHz);
        Assert.Equal(expected.GetProperty("first").GetString(), header.First.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(expected.GetProperty("timeNs").GetString(), header.TimeNs.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(expected.GetProperty("channels").GetInt32(), header.Channels(frame.Length));
        if (expected.TryGetProperty("values", out var values))
            Assert.Equal(values.EnumerateArray().Select(v => v.GetSingle()), FrameHeader.Values(frame).ToArray());
    }

    [Theory]
    [MemberData(nameof(Frames))]
    public void Write_HeaderThatWasRead_GivesTheSameBytes(string name)
    {
        var (frame, _) = Find("frames", name);
        Assert.Equal(FrameError.None, FrameHeader.TryRead(frame, out var header));
        var written = new byte[FrameHeader.Size];
        header.Write(written);
        Assert.Equal(frame[..FrameHeader.Size], written);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void TryRead_GoldenNonsense_IsRefusedForTheReasonGiven(string name)
    {
        var (frame, entry) = Find("refused", name);
        var error = FrameHeader.TryRead(frame, out var header);
        Assert.Equal(entry.GetProperty("error").GetString(), error.ToString(), ignoreCase: true);
        Assert.Equal(default, header);
    }

    [Fact]
    public void Describe_LengthThatDoesNotFit_NamesTheValueAndTheRule()
    {
        var (frame, _) = Find("refused", "one byte too many");
        var text = FrameHeader.TryRead(frame, out _).Describe(frame);
        Assert.Contains("9 bytes of payload", text, StringComparison.Ordinal);
        Assert.Contains("count 2", text, StringComparison.Ordinal);
    }

    [Fact]
    public void WriteTopic_OnAFrame_ChangesTheTopicAlone()
    {
        var (frame, _) = Find("frames", "one channel");
        var before = (byte[])frame.Clone();
        FrameHeader.WriteTopic(frame, 77);
        Assert.Equal(FrameError.None, FrameHeader.TryRead(frame, out var header));
        Assert.Equal(77u, header.Topic);
        FrameHeader.WriteTopic(frame, 0);
        Assert.Equal(before, frame);
    }

    [Fact]
    public void EventFrame_Golden_HoldsTheBeat()
    {
        var (frame, _) = Find("frames", "event: a beat");
        var found = V1.Event.Parser.ParseFrom(frame.AsSpan(FrameHeader.Size));
        Assert.Equal("ecg.bed-1", found.Stream);
        Assert.Equal(1000UL, found.Index);
        Assert.Equal(V1.Event.BodyOneofCase.Beat, found.BodyCase);
        Assert.Equal(800, found.Beat.RrMs);
        Assert.Equal(V1.BeatClass.Normal, found.Beat.Class);
    }

    private static TheoryData<string> Names(string list) =>
        [.. Golden.GetProperty(list).EnumerateArray().Select(f => f.GetProperty("name").GetString()!)];

    private static (byte[] Frame, JsonElement Entry) Find(string list, string name)
    {
        var entry = Golden.GetProperty(list).EnumerateArray().Single(f => f.GetProperty("name").GetString() == name);
        return (Convert.FromHexString(entry.GetProperty("hex").GetString()!), entry);
    }
}
