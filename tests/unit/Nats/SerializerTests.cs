using System.Buffers;
using NATS.Client.Core;
using NATS.Net;

namespace SignalStream.UnitTests.Nats;

public sealed class SerializerTests
{
    private static readonly DateTimeOffset Time = new(2026, 3, 4, 5, 6, 7, TimeSpan.FromHours(1));

    [Fact]
    public void Deserialize_OfWhatWasSerialized_IsTheSame()
    {
        AssertSame("grüße", "grüße");
        AssertSame(42, "42");
        AssertSame(-7L, "-7");
        AssertSame(1.5, "1.5");
        AssertSame(2.25m, "2.25");
        AssertSame(true, "True");
        AssertSame<int?>(5, "5");
        AssertSame(Guid.Empty, "00000000-0000-0000-0000-000000000000");
        AssertSame(TimeSpan.FromSeconds(90), "00:01:30");
        AssertSame(Time, "03/04/2026 05:06:07 +01:00");
    }

    [Fact]
    public void Deserialize_Bytes_InEveryShape()
    {
        byte[] bytes = [1, 2, 3];
        Assert.Equal(bytes, RoundTrip(bytes));
        Assert.Equal(bytes, RoundTrip<ReadOnlyMemory<byte>>(bytes).ToArray());
        Assert.Equal(bytes, RoundTrip<Memory<byte>>(bytes).ToArray());
        Assert.Equal(bytes, RoundTrip(new ReadOnlySequence<byte>(bytes)).ToArray());
        using var owner = RoundTrip(Owner(bytes));
        Assert.Equal(bytes, owner.Memory.ToArray());
    }

    [Fact]
    public void Serialize_MemoryOwner_IsDisposedAfterwards()
    {
        var disposed = new DisposalProbe([1, 2]);
        Write<IMemoryOwner<byte>>(disposed);
        Assert.True(disposed.IsDisposed);
    }

    [Fact]
    public void Serialize_UnknownType_IsRefusedWithItsName() =>
        Assert.Contains("Version", Assert.Throws<NatsException>(() => Write(new Version(1, 2))).Message, StringComparison.Ordinal);

    [Fact]
    public void Deserialize_NoNumber_IsRefused() =>
        Assert.Throws<NatsException>(() => NatsDefaultSerializer<int>.Default.Deserialize(new ReadOnlySequence<byte>("x"u8.ToArray())));

    [Fact]
    public void ClientRegistry_AnyOtherType_IsJson()
    {
        var writer = new ArrayBufferWriter<byte>();
        NatsClientDefaultSerializerRegistry.Default.GetSerializer<Reading>().Serialize(writer, new Reading("bed-1", 72));
        Assert.Equal("{\"Id\":\"bed-1\",\"Bpm\":72}"u8.ToArray(), writer.WrittenSpan.ToArray());
        var read = NatsClientDefaultSerializerRegistry.Default.GetDeserializer<Reading>().Deserialize(new ReadOnlySequence<byte>(writer.WrittenMemory));
        Assert.Equal(new Reading("bed-1", 72), read);
    }

    [Fact]
    public void Slice_OfAMemoryOwner_TakesTheRentalOver()
    {
        var owner = NatsMemoryOwner<byte>.Allocate(10);
        for (var i = 0; i < 10; i++)
            owner.Span[i] = (byte)i;
        var slice = owner.Slice(2, 3);
        Assert.Equal([2, 3, 4], slice.Memory.ToArray());
        Assert.Throws<ObjectDisposedException>(() => owner.Memory);
        slice.Dispose();
        slice.Dispose();
        Assert.Throws<ObjectDisposedException>(() => slice.Memory);
    }

    private static void AssertSame<T>(T value, string text)
    {
        Assert.Equal(text, System.Text.Encoding.UTF8.GetString(Write(value)));
        Assert.Equal(value, RoundTrip(value));
    }

    private static T? RoundTrip<T>(T value) =>
        NatsDefaultSerializer<T>.Default.Deserialize(new ReadOnlySequence<byte>(Write(value)));

    private static byte[] Write<T>(T value)
    {
        var writer = new NatsBufferWriter<byte>(16);
        NatsDefaultSerializer<T>.Default.Serialize(writer, value);
        return writer.WrittenSpan.ToArray();
    }

    private static NatsMemoryOwner<byte> Owner(byte[] bytes)
    {
        var owner = NatsMemoryOwner<byte>.Allocate(bytes.Length);
        bytes.CopyTo(owner.Span);
        return owner;
    }

    private sealed record Reading(string Id, int Bpm);

    private sealed class DisposalProbe(byte[] bytes) : IMemoryOwner<byte>
    {
        public bool IsDisposed { get; private set; }

        public Memory<byte> Memory => bytes;

        public void Dispose() => IsDisposed = true;
    }
}
