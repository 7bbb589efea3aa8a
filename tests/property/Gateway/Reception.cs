using System.Net.WebSockets;
using System.Text;
using SignalStream.Contracts;

namespace SignalStream.PropertyTests.Gateway;

/// <summary>What one viewer read of one stream so far.</summary>
internal sealed class Seen
{
    public uint Epoch { get; set; }

    public ulong Next { get; set; }

    public long Delivered { get; set; }

    public long Thinned { get; set; }
}

/// <summary>The viewer's end: follows each stream sample by sample, and holds each account against it.</summary>
internal sealed class Reception
{
    private readonly Dictionary<uint, Seen> _seen = [];

    public Seen Of(uint topic) => _seen.TryGetValue(topic, out var seen) ? seen : _seen[topic] = new Seen();

    public void Read(IEnumerable<(WebSocketMessageType Type, byte[] Bytes)> messages)
    {
        foreach (var (type, bytes) in messages)
        {
            if (type == WebSocketMessageType.Text)
                CheckAccounts(Encoding.UTF8.GetString(bytes));
            else
                Take(bytes);
        }
    }

    private void CheckAccounts(string text)
    {
        foreach (var account in text.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(a => a.Split(',').Select(long.Parse).ToArray()))
        {
            var seen = Of((uint)account[0]);
            Assert.Equal((account[2], account[3]), (seen.Delivered, seen.Thinned));
            Assert.Equal(account[1], account[2] + account[3] + account[4]);
        }
    }

    private void Take(byte[] bytes)
    {
        Assert.Equal(FrameError.None, FrameHeader.TryRead(bytes, out var header));
        var seen = Of(header.Topic);
        if (header.Epoch == seen.Epoch)
            Assert.Equal(seen.Next, header.First);
        var covers = header.Kind switch
        {
            FrameKind.Samples => TakeSamples(seen, header, bytes),
            FrameKind.Envelope => TakeColumns(seen, header, bytes),
            _ => BitConverter.ToUInt64(bytes, FrameHeader.Size),
        };
        (seen.Epoch, seen.Next) = (header.Epoch, header.First + covers);
    }

    private static ulong TakeSamples(Seen seen, FrameHeader header, byte[] bytes)
    {
        var values = FrameHeader.Values(bytes);
        for (var i = 0; i < values.Length; i++)
            Assert.Equal(FakeSource.Value(header.Epoch, header.First + (ulong)(i % header.Count), i / header.Count), values[i]);
        seen.Delivered += header.Count;
        return (ulong)header.Count;
    }

    private static ulong TakeColumns(Seen seen, FrameHeader header, byte[] bytes)
    {
        var values = FrameHeader.Values(bytes);
        var width = 1 << header.Scale;
        for (var column = 0; column < values.Length / 2; column++)
        {
            var (first, channel) = (header.First + (ulong)(column % header.Count * width), column / header.Count);
            var (low, high) = (float.MaxValue, float.MinValue);
            for (var i = 0; i < width; i++)
            {
                var value = FakeSource.Value(header.Epoch, first + (ulong)i, channel);
                (low, high) = (Math.Min(low, value), Math.Max(high, value));
            }

            Assert.Equal((low, high), (values[2 * column], values[2 * column + 1]));
        }

        seen.Thinned += header.Count * width;
        return (ulong)(header.Count * width);
    }
}
