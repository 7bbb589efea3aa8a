using SignalStream.Contracts;
using SignalStream.Messaging;

namespace SignalStream.UnitTests.Messaging;

public sealed class SubjectsTests
{
    /// <summary>Computed by nats-server 2.9.10's mapping partition(64,1,2); the integration test asks it again.</summary>
    [Fact]
    public void PartitionOf_KnownVectorsOfFnv1a_AreTheStandards()
    {
        // FNV-1a-32 of "a" is 0xE40C292C and of "foobar" 0xBF9CF968 (draft-eastlake-fnv, appendix C).
        Assert.Equal((int)(0xBF9CF968 % 64), Partition.Of(new StreamId("foo", "bar")));
        Assert.Equal((int)(0xE40C292C % 64), Partition.Of(new StreamId("a", "")));
    }

    [Fact]
    public void PartitionOf_ManyStreams_SpreadsEvenly()
    {
        var counts = new int[Partition.Count];
        for (var i = 0; i < 64_000; i++)
            counts[Partition.Of(new StreamId("ecg", $"bed-{i}"))]++;
        Assert.All(counts, count => Assert.InRange(count, 700, 1300));
    }

    [Fact]
    public void Of_Stream_CanBeReadBack()
    {
        var stream = new StreamId("ecg", "bed-1");
        foreach (var type in Subjects.Types)
        {
            var subject = Subjects.Of(type, stream);
            Assert.Equal($"signal.{Subjects.Token(type)}.{Partition.Of(stream)}.ecg.bed-1", subject);
            Assert.True(Subjects.TryParseStream(subject, out var read));
            Assert.Equal(stream, read);
            Assert.True(Subjects.TryParseType(Subjects.Token(type), out var readType));
            Assert.Equal(type, readType);
        }
    }

    [Theory]
    [InlineData("signal.wave.1.ecg")]
    [InlineData("signal.wave.1.ecg.bed.1")]
    [InlineData("other.wave.1.ecg.bed")]
    [InlineData("signal.wave.1.ecg.")]
    [InlineData(null)]
    public void TryParseStream_AnotherSubject_IsRefused(string? subject) =>
        Assert.False(Subjects.TryParseStream(subject, out _));
}
