using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using SignalStream.Messaging;
using SignalStream.Producer.Probes;

namespace SignalStream.UnitTests.Producer.Probes;

/// <summary>HTTPS against a server that speaks every version that this system has.</summary>
public sealed class HttpVersionTests : IAsyncLifetime
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly int _port = FreePort();
    private readonly X509Certificate2 _certificate = Certificate();
    private WebApplication _server = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        if (HttpProbe.HasHttp3)
            builder.WebHost.UseQuic();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port, options =>
        {
            options.Protocols = HttpProbe.HasHttp3 ? HttpProtocols.Http1AndHttp2AndHttp3 : HttpProtocols.Http1AndHttp2;
            options.UseHttps(_certificate);
        }));
        _server = builder.Build();
        _server.MapGet("/", () => "ok");
        await _server.StartAsync();
    }

    [Theory]
    [InlineData("1.1", "1.1")]
    [InlineData("2", "2.0")]
    [InlineData(null, "2.0")]
    public async Task SendAsync_VersionThatIsChosen_IsTheOneThatIsSpoken(string? chosen, string spoken)
    {
        var answer = await SendAsync(chosen);
        Assert.Equal((ProbeOutcome.Answered, spoken, 200), (answer.Outcome, answer.Phases!.Version, answer.Phases.Status));
        Assert.True(answer.Phases is { ConnectMs: > 0, TlsMs: > 0, FirstByteMs: > 0 }, answer.Phases.ToString());
        Assert.True(answer.RttMs >= answer.Phases.ConnectMs + answer.Phases.TlsMs + answer.Phases.FirstByteMs, answer.Phases.ToString());
    }

    [Fact]
    public async Task SendAsync_Http3_IsSpokenOrSaysWhatIsMissing()
    {
        if (HttpProbe.HasHttp3)
        {
            Assert.Equal("3.0", (await SendAsync("3")).Phases!.Version);
            return;
        }

        var refusal = await Assert.ThrowsAsync<ProbeRefusedException>(() => SendAsync("3"));
        Assert.StartsWith("HTTP/3 is not supported here: it needs the library libmsquic", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_CertificateThatNobodyTrusts_IsRefused()
    {
        using var probe = new HttpProbe(new Uri($"https://127.0.0.1:{_port}/"), null, TimeProvider.System);
        using var timeout = new CancellationTokenSource(Timeout);
        await Assert.ThrowsAsync<HttpRequestException>(() => probe.SendAsync(IPAddress.Loopback, timeout.Token).AsTask());
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificate.Dispose();
    }

    private async Task<ProbeAnswer> SendAsync(string? version)
    {
        using var probe = new HttpProbe(
            new Uri($"https://localhost:{_port}/"), version, TimeProvider.System, (_, shown, _, _) => shown is X509Certificate2 known && known.Thumbprint == _certificate.Thumbprint);
        using var timeout = new CancellationTokenSource(Timeout);
        return await probe.SendAsync(IPAddress.Loopback, timeout.Token);
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    /// <summary>HTTP/3 wants to know its port beforehand.</summary>
    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
