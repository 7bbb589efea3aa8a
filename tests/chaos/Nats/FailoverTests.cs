using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using NATS.Client.Core;
using SignalStream.TestKit;

namespace SignalStream.ChaosTests.Nats;

/// <summary>A server that leaves, freezes or was never there: the client goes to another one of its list.</summary>
public sealed class FailoverTests
{
    private const int PerSecond = 2_500;

    [SkippableFact]
    public async Task Publisher_ServerInLameDuckMode_MovesBeforeItClosesAndLosesNothing()
    {
        await using var cluster = await Cluster.StartAsync();
        await using var core = await CoreTraffic.StartAsync(cluster.First.ClientOptions, cluster.Second.ClientOptions, PerSecond);
        await core.FlowAsync(500);
        Assert.Equal(cluster.First.Port, core.Publisher.ServerInfo!.Port);

        core.OpenGap();
        Cluster.Retire(cluster.First);
        await core.PublisherFoundAgainAsync();
        await core.FlowAsync(500);
        await core.StopAsync();

        Assert.Equal(cluster.Second.Port, core.Publisher.ServerInfo!.Port);
        Assert.DoesNotContain(cluster.First.Log, line => line.Contains("Server Exiting", StringComparison.Ordinal));
        Assert.Equal(0, core.LostInGaps);
        core.AssertLostOnlyInGaps();
    }

    [SkippableFact]
    public async Task RequestAsync_ServerInLameDuckMode_IsAnsweredBeforeAndAfter()
    {
        await using var cluster = await Cluster.StartAsync();
        await using var service = new NatsConnection(cluster.Second.ClientOptions);
        await using var link = new Link(cluster.First.ClientOptions with { RequestTimeout = TimeSpan.FromMilliseconds(500) });
        var taken = new ConcurrentDictionary<int, bool>();
        await using var serving = await ServeAsync(service, taken);
        await link.Connection.ConnectAsync();
        using var stop = new CancellationTokenSource();
        var acknowledged = new List<int>();
        var asking = Task.Run(() => Pace.RunAsync(500, number => AskAsync(link.Connection, number, acknowledged), stop.Token));

        await Eventually.TrueAsync(() => taken.Count > 200);
        Cluster.Retire(cluster.First);
        await link.FoundAgainAsync(lostBefore: 0);
        var before = taken.Count;
        await Eventually.TrueAsync(() => asking.IsFaulted || taken.Count > before + 200);
        await stop.CancelAsync();
        await asking;

        Assert.Equal(Enumerable.Range(0, acknowledged.Count), acknowledged);
        Assert.All(acknowledged, number => Assert.True(taken.ContainsKey(number)));
        Assert.DoesNotContain(cluster.First.Log, line => line.Contains("Server Exiting", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task Clients_ServerFrozen_FindItStaleAndMoveOn()
    {
        await using var frozen = await NatsServer.StartAsync();
        await using var other = await NatsServer.StartAsync();
        var options = frozen.ClientOptions with
        {
            Url = $"{frozen.Url},{other.Url}",
            NoRandomize = true,
            PingInterval = TimeSpan.FromMilliseconds(100),
            ConnectTimeout = TimeSpan.FromSeconds(1),
        };
        await using var core = await CoreTraffic.StartAsync(options, PerSecond);
        await core.FlowAsync(500);

        core.OpenGap();
        frozen.Freeze();
        await core.CloseGapAsync();
        await core.FlowAsync(500);
        await core.StopAsync();
        frozen.Thaw();

        Assert.Equal(other.Port, core.Publisher.ServerInfo!.Port);
        core.AssertLostOnlyInGaps();
    }

    [SkippableFact]
    public async Task ConnectAsync_OnlyTheLastOfTheListIsAServer_FindsIt()
    {
        await using var server = await NatsServer.StartAsync();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        closed.Start();
        var closedPort = Port(closed);
        closed.Stop();
        await using var connection = new NatsConnection(server.ClientOptions with
        {
            Url = $"nats://127.0.0.1:{closedPort},nats://no-such-host.invalid:4222,nats://127.0.0.1:{Port(silent)},{server.Url}",
            NoRandomize = true,
            ConnectTimeout = TimeSpan.FromSeconds(2),
        });

        await connection.ConnectAsync();

        Assert.Equal(server.Port, connection.ServerInfo!.Port);
        await connection.PingAsync();
    }

    [SkippableFact]
    public async Task Connection_ServersOfTheListGoneOneByOne_IsAlwaysAtOneThatRuns()
    {
        await using var first = await NatsServer.StartAsync();
        await using var second = await NatsServer.StartAsync();
        await using var link = new Link(first.ClientOptions with { Url = $"{first.Url},{second.Url},nats://no-such-host.invalid:4222", NoRandomize = true });
        await link.Connection.ConnectAsync();

        foreach (var (gone, stays) in new[] { (first, second), (second, first), (first, second) })
        {
            var lost = link.Lost;
            await gone.KillAsync();
            await link.FoundAgainAsync(lost);
            Assert.Equal(stays.Port, link.Connection.ServerInfo!.Port);
            await gone.StartAgainAsync();
        }
    }

    private static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private static async Task<INatsSub<int>> ServeAsync(NatsConnection connection, ConcurrentDictionary<int, bool> taken)
    {
        var service = await connection.SubscribeCoreAsync<int>("chaos.service");
        await connection.PingAsync();
        _ = Task.Run(async () =>
        {
            await foreach (var request in service.Msgs.ReadAllAsync())
            {
                taken[request.Data] = true;
                await request.ReplyAsync(request.Data);
            }
        });
        return service;
    }

    /// <summary>Asks until it is acknowledged: an answer that comes while the client is between two servers is lost.</summary>
    private static async Task AskAsync(NatsConnection connection, int number, List<int> acknowledged)
    {
        while (acknowledged.Count == number)
        {
            try
            {
                if ((await connection.RequestAsync<int, int>("chaos.service", number)).Data == number)
                    acknowledged.Add(number);
            }
            catch (Exception e) when (e is NatsNoReplyException or NatsNoRespondersException)
            {
                // Asked again.
            }
        }
    }
}
