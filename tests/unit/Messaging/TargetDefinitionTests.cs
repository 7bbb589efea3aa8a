using System.Text;
using SignalStream.Messaging;
using SignalStream.Messaging.Settings;

namespace SignalStream.UnitTests.Messaging;

public sealed class TargetDefinitionTests
{
    [Fact]
    public void TryParse_WhatToJsonWrote_IsTheSame()
    {
        var made = new TargetDefinition { Label = "Game", Region = "eu", Probe = "udp", Address = "[2001:db8::1]:27015", IntervalMs = 250, TimeoutMs = 400, PayloadBytes = 100 };
        Assert.True(TargetDefinition.TryParse(made.ToJson(), out var read, out _));
        Assert.Equal(made, read);
    }

    [Theory]
    [InlineData("icmp", "example.org", "example.org", 0)]
    [InlineData("icmp", "2001:db8::1", "2001:db8::1", 0)]
    [InlineData("tcp", "192.0.2.1:443", "192.0.2.1", 443)]
    [InlineData("udp", "[2001:db8::1]:7", "2001:db8::1", 7)]
    [InlineData("http", "https://example.org/health", "example.org", 443)]
    [InlineData("dns", "192.0.2.53/example.org", "192.0.2.53", 53)]
    [InlineData("dns", "[2001:db8::53]:5353/example.org", "2001:db8::53", 5353)]
    public void TryParse_Address_IsTakenApart(string probe, string address, string host, int port)
    {
        Assert.Null(new TargetDefinition { Probe = probe, Address = address }.Broken());
        Assert.True(TargetAddress.TryParse(new TargetDefinition { Probe = probe }.Kind, address, out var parsed, out _));
        Assert.Equal((host, port), (parsed.Host, parsed.Port));
    }

    [Theory]
    [InlineData("""{"probe":"tcp","address":"example.org"}""", "address example.org must be host:port")]
    [InlineData("""{"probe":"tcp","address":"example.org:99999"}""", "must be host:port")]
    [InlineData("""{"probe":"tcp","address":"2001:db8::1:80"}""", "must be host:port")]
    [InlineData("""{"probe":"icmp","address":"a b"}""", "must be a host")]
    [InlineData("""{"probe":"http","address":"file:///etc/passwd"}""", "must be a URL")]
    [InlineData("""{"probe":"http","address":"http://user:secret@example.org/"}""", "must be a URL")]
    [InlineData("""{"probe":"dns","address":"192.0.2.53"}""", "must be server/name")]
    [InlineData("""{"probe":"carrier-pigeon","address":"a"}""", "probe carrier-pigeon")]
    [InlineData("""{"probe":"icmp","address":"a","intervalMs":1}""", "intervalMs 1 must be from 250")]
    [InlineData("""{"probe":"icmp","address":"a","timeoutMs":0}""", "timeoutMs 0 must be from 10")]
    [InlineData("""{"probe":"http","address":"https://a/","httpVersion":"4"}""", "httpVersion 4 must be 1.1, 2 or 3.")]
    [InlineData("""{"probe":"tcp","address":"a:1","httpVersion":"2"}""", "httpVersion 2 is for http, not for tcp.")]
    [InlineData("""{"probe":"http","address":"http://a/","httpVersion":"3"}""", "httpVersion 3 needs a URL that begins with https://.")]
    [InlineData("""{"probe":"icmp","address":"a","payloadBytes":9000}""", "payloadBytes 9000 must be from 16 to 1400")]
    [InlineData("""{"probe":"icmp","address":"a","colour":"red"}""", "Known are label")]
    [InlineData("null", "an object is wanted")]
    [InlineData("", "Known are label")]
    public void TryParse_BrokenRule_IsNamed(string json, string rule)
    {
        Assert.False(TargetDefinition.TryParse(Encoding.UTF8.GetBytes(json), out _, out var error));
        Assert.Contains(rule, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("icmp", ProbeKind.Icmp)]
    [InlineData("tcp", ProbeKind.Tcp)]
    [InlineData("udp", ProbeKind.Udp)]
    [InlineData("http", ProbeKind.Http)]
    [InlineData("dns", ProbeKind.Dns)]
    [InlineData("TCP", ProbeKind.Unknown)]
    public void Kind_OfAWord_IsItsProbe(string word, ProbeKind kind) => Assert.Equal(kind, new TargetDefinition { Probe = word }.Kind);
}
