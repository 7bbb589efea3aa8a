using System.Net;
using SignalStream.Messaging.Settings;

namespace SignalStream.UnitTests.Producer.Probes;

public sealed class AddressRulesTests
{
    [Theory]
    [InlineData("169.254.169.254")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("fe80::1")]
    [InlineData("fe80::1%1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("100.100.100.200")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("ff02::1")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    public void Refusal_LinkLocalOrMetadata_IsNeverAllowed(string address) =>
        Assert.Contains("never probed", AddressRules.Refusal(IPAddress.Parse(address), allowPrivate: true), StringComparison.Ordinal);

    [Theory]
    [InlineData("10.1.2.3")]
    [InlineData("172.31.255.255")]
    [InlineData("192.168.0.1")]
    [InlineData("127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("::1")]
    [InlineData("fd12::1")]
    public void Refusal_Private_IsForThoseWhoAllowIt(string address)
    {
        Assert.Contains("Probes:AllowPrivate", AddressRules.Refusal(IPAddress.Parse(address), allowPrivate: false), StringComparison.Ordinal);
        Assert.Null(AddressRules.Refusal(IPAddress.Parse(address), allowPrivate: true));
    }

    [Theory]
    [InlineData("1.1.1.1")]
    [InlineData("172.32.0.1")]
    [InlineData("2606:4700::1111")]
    public void Refusal_Public_IsAllowed(string address) => Assert.Null(AddressRules.Refusal(IPAddress.Parse(address), allowPrivate: false));
}
