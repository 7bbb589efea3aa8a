using System.Text;
using Microsoft.Extensions.Primitives;
using NATS.Client.Core;
using NATS.Client.Core.Protocol;

namespace SignalStream.UnitTests.Nats;

public sealed class HeaderBlockTests
{
    [Fact]
    public void Parse_OfWhatWasWritten_IsTheSame()
    {
        var headers = new NatsHeaders { ["Nats-Msg-Id"] = "bed-1.7", ["Many"] = new StringValues(["a", "b:c"]), ["Empty"] = "" };
        var read = HeaderBlock.Parse(Write(headers), Encoding.ASCII);
        Assert.Equal(3, read.Count);
        Assert.Equal("bed-1.7", read["nats-msg-id"]);
        Assert.Equal("a,b:c", read["Many"].ToString());
        Assert.Equal("", read["Empty"].ToString());
    }

    [Fact]
    public void Measure_OfAnyHeaders_IsTheWrittenLength()
    {
        var headers = new NatsHeaders { ["A"] = "1", ["B"] = new StringValues(["2", "33"]) };
        Assert.Equal("NATS/1.0\r\nA: 1\r\nB: 2\r\nB: 33\r\n\r\n"u8.ToArray(), Write(headers));
        Assert.Equal(Write(headers).Length, headers.GetBytesLength());
    }

    [Theory]
    [InlineData("NATS/1.0 503\r\n\r\n", 503, "", NatsHeaders.Messages.Text)]
    [InlineData("NATS/1.0 100 Idle Heartbeat\r\nNats-Last-Consumer: 7\r\n\r\n", 100, "Idle Heartbeat", NatsHeaders.Messages.IdleHeartbeat)]
    [InlineData("NATS/1.0\r\nA:b\r\n\r\n", 0, "", NatsHeaders.Messages.Text)]
    public void Parse_StatusLine_IsRead(string block, int code, string text, NatsHeaders.Messages message)
    {
        var bytes = Encoding.ASCII.GetBytes(block);
        var headers = HeaderBlock.Parse(bytes, Encoding.ASCII);
        Assert.Equal((code, text, message), (headers.Code, headers.MessageText, headers.Message));
        Assert.Equal(code, HeaderBlock.StatusCode(bytes));
    }

    [Theory]
    [InlineData("HTTP/1.1 200\r\n\r\n")]
    [InlineData("NATS/1.0 abc\r\n\r\n")]
    [InlineData("NATS/1.0\r\nno colon\r\n\r\n")]
    [InlineData("NATS/1.0\r\nA: b")]
    [InlineData("")]
    public void Parse_NoHeaders_IsRefused(string block) =>
        Assert.Throws<NatsException>(() => HeaderBlock.Parse(Encoding.ASCII.GetBytes(block), Encoding.ASCII));

    [Theory]
    [InlineData("A\r\nB", "x")]
    [InlineData("A:", "x")]
    [InlineData("", "x")]
    [InlineData("A", "x\r\n\r\nPUB evil 0")]
    public void Write_WhatWouldBreakOutOfItsLine_IsRefused(string name, string value) =>
        Assert.Throws<NatsException>(() => Write(new NatsHeaders { [name] = value }));

    [Fact]
    public void Add_ToReceivedHeaders_IsRefused() =>
        Assert.Throws<InvalidOperationException>(() => HeaderBlock.Parse("NATS/1.0\r\n\r\n"u8, Encoding.ASCII).Seal().Add("A", "b"));

    private static byte[] Write(NatsHeaders headers)
    {
        var block = new byte[HeaderBlock.Measure(headers, Encoding.ASCII)];
        Assert.Equal(block.Length, HeaderBlock.Write(headers, Encoding.ASCII, block));
        return block;
    }
}
