using System.Net;
using SignalStream.Messaging;
using SignalStream.Producer.Probes;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Producer.Probes;

/// <summary>Every probe over a real socket.</summary>
public sealed class ProbeTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task SendAsync_ServerThatAnswers_IsARoundTrip()
    {
        using var responders = new Responders();
        IProbe[] probes =
        [
            new TcpProbe(PortOf(responders.Tcp), TimeProvider.System),
            new UdpProbe(PortOf(responders.Udp), 56, TimeProvider.System),
            new DnsProbe(PortOf(responders.Dns.Split('/')[0]), "example.org", TimeProvider.System),
            new HttpProbe(new Uri(responders.Http), null, TimeProvider.System),
        ];
        foreach (var probe in probes)
        {
            using (probe)
            {
                for (var i = 0; i < 5; i++)
                {
                    var answer = await SendAsync(probe, IPAddress.Loopback);
                    Assert.Equal((ProbeOutcome.Answered, null), (answer.Outcome, answer.Error));
                    Assert.InRange(answer.RttMs, 0.001, Timeout.TotalMilliseconds);
                }
            }
        }
    }

    [Fact]
    public async Task SendAsync_Http_TellsItsPhases()
    {
        using var responders = new Responders();
        using var probe = new HttpProbe(new Uri(responders.Http), null, TimeProvider.System);
        var phases = (await SendAsync(probe, IPAddress.Loopback)).Phases!;
        Assert.Equal((200, "1.1", 0.0), (phases.Status, phases.Version, phases.TlsMs));
        Assert.True(phases.ConnectMs > 0 && phases.FirstByteMs > 0);
        Assert.True(phases.TotalMs >= phases.ConnectMs + phases.FirstByteMs, phases.ToString());
    }

    [SkippableTheory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task SendAsync_Icmp_IsARoundTrip(string address)
    {
        using var probe = new IcmpProbe(56, TimeProvider.System);
        try
        {
            for (var i = 0; i < 5; i++)
                Assert.Equal(ProbeOutcome.Answered, (await SendAsync(probe, IPAddress.Parse(address))).Outcome);
        }
        catch (ProbeRefusedException exception)
        {
            Assert.Contains("ping_group_range", exception.Message, StringComparison.Ordinal);
            Skip.If(true, exception.Message);
        }
        catch (System.Net.Sockets.SocketException exception) when (address == "::1")
        {
            Skip.If(true, $"no IPv6 here: {exception.Message}");
        }
    }

    [Fact]
    public async Task SendAsync_LateAnswer_IsNotTakenForTheNext()
    {
        using var late = new LateEcho();
        using var probe = new UdpProbe(late.Port, 56, TimeProvider.System);
        using var impatience = new CancellationTokenSource();
        var first = probe.SendAsync(IPAddress.Loopback, impatience.Token).AsTask();
        await late.ReceivedAsync();
        await impatience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        var second = SendAsync(probe, IPAddress.Loopback);
        await late.ReceivedAsync();
        late.AnswerBoth();
        Assert.Equal(ProbeOutcome.Answered, (await second).Outcome);
        Assert.Equal(2, late.Answered);
    }

    private static async Task<ProbeAnswer> SendAsync(IProbe probe, IPAddress address)
    {
        using var timeout = new CancellationTokenSource(Timeout);
        return await probe.SendAsync(address, timeout.Token);
    }

    private static int PortOf(string address) => IPEndPoint.Parse(address).Port;
}
