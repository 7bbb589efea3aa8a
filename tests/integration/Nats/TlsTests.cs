using NATS.Client.Core;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Nats;

public sealed class TlsTests : IDisposable
{
    private readonly TestCertificates _certificates = new();

    [SkippableTheory]
    [InlineData(TlsMode.Auto)]
    [InlineData(TlsMode.Prefer)]
    [InlineData(TlsMode.Require)]
    public async Task ConnectAsync_TrustedServer_IsEncryptedAndWorks(TlsMode mode)
    {
        await using var server = await StartAsync(verify: false);
        await using var connection = Connection(server, new NatsTlsOpts { Mode = mode, CaFile = _certificates.Authority });
        await AssertWorksAsync(connection);
        Assert.True(connection.ServerInfo!.TlsRequired);
    }

    [SkippableFact]
    public async Task ConnectAsync_UnknownAuthority_IsRefused()
    {
        using var others = new TestCertificates();
        await using var server = await StartAsync(verify: false);
        await using var connection = Connection(server, new NatsTlsOpts { CaFile = others.Authority });
        var error = await Assert.ThrowsAsync<NatsException>(async () => await connection.ConnectAsync());
        Assert.Contains("TLS", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task ConnectAsync_VerificationSkipped_TakesAnyServer()
    {
        await using var server = await StartAsync(verify: false);
        await using var connection = Connection(server, new NatsTlsOpts { InsecureSkipVerify = true });
        await AssertWorksAsync(connection);
    }

    [SkippableFact]
    public async Task ConnectAsync_ServerAsksForACertificate_OnlyWhoHasOneComesIn()
    {
        await using var server = await StartAsync(verify: true);
        await using var stranger = Connection(server, new NatsTlsOpts { CaFile = _certificates.Authority });
        await Assert.ThrowsAsync<NatsException>(async () => await stranger.ConnectAsync());
        await using var known = Connection(server, new NatsTlsOpts
        {
            CaFile = _certificates.Authority,
            CertFile = _certificates.Client,
            KeyFile = _certificates.ClientKey,
        });
        await AssertWorksAsync(known);
    }

    /// <remarks>The package's words are others.</remarks>
    [SkippableFact]
    [Trait("Standin", "better")]
    public async Task ConnectAsync_PlainServerButTlsRequired_IsRefused()
    {
        await using var server = await NatsServer.StartAsync();
        await using var connection = new NatsConnection(server.ClientOptions with { TlsOpts = new NatsTlsOpts { Mode = TlsMode.Require } });
        var error = await Assert.ThrowsAsync<NatsException>(async () => await connection.ConnectAsync());
        Assert.Contains("no TLS", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task ConnectAsync_ServerRequiresTlsButItIsDisabled_IsRefused()
    {
        await using var server = await StartAsync(verify: false);
        await using var connection = Connection(server, new NatsTlsOpts { Mode = TlsMode.Disable });
        await Assert.ThrowsAsync<NatsException>(async () => await connection.ConnectAsync());
    }

    [SkippableFact]
    public async Task ConnectAsync_TlsBeforeTheFirstWord_AsBehindABalancer()
    {
        await using var server = await NatsServer.StartAsync();
        await using var balancer = new TlsBalancer(_certificates, server.Port);
        await using var connection = new NatsConnection(server.ClientOptions with
        {
            Url = $"nats://localhost:{balancer.Port}",
            TlsOpts = new NatsTlsOpts { Mode = TlsMode.Implicit, CaFile = _certificates.Authority },
        });
        await AssertWorksAsync(connection);
    }

    public void Dispose() => _certificates.Dispose();

    private static async Task AssertWorksAsync(NatsConnection connection)
    {
        const int Count = 2000;
        await using var subscription = await connection.SubscribeCoreAsync<byte[]>("secret", opts: new NatsSubOpts { ChannelOpts = new() { Capacity = Count } });
        for (var i = 0; i < Count; i++)
            await connection.PublishAsync("secret", BitConverter.GetBytes(i).Concat(new byte[1000]).ToArray());
        for (var i = 0; i < Count; i++)
        {
            var message = await subscription.Msgs.ReadAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);
            Assert.Equal(i, BitConverter.ToInt32(message.Data!));
        }
    }

    private static NatsConnection Connection(NatsServer server, NatsTlsOpts tls) =>
        new(server.ClientOptions with { Url = server.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), TlsOpts = tls });

    private Task<NatsServer> StartAsync(bool verify) => NatsServer.StartAsync(new NatsServerOptions
    {
        Config = $$"""
            tls {
              cert_file: "{{_certificates.Server}}"
              key_file: "{{_certificates.ServerKey}}"
              ca_file: "{{_certificates.Authority}}"
              timeout: 30 # A loaded machine takes longer than the default of 2 s.
              verify: {{(verify ? "true" : "false")}}
            }
            """,
    });
}
