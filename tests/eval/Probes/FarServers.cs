using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using SignalStream.TestKit;
using SignalStream.TestKit.Lines;

namespace SignalStream.Eval.Probes;

/// <summary>What answers at the far end: echo, names, and pages over HTTP.</summary>
internal sealed class FarServers : IAsyncDisposable
{
    /// <summary>Long enough that nothing of the connection's beginning is taken for the answer.</summary>
    private static readonly TimeSpan s_thinking = TimeSpan.FromMilliseconds(20);

    private readonly WebApplication _pages;
    private readonly Socket[] _listening;
    private readonly string _thumbprint;

    private FarServers(WebApplication pages, Socket[] listening, Responders plain, X509Certificate2 certificate) =>
        (_pages, _listening, Plain, _thumbprint) = (pages, listening, plain, certificate.Thumbprint);

    /// <summary>TCP, UDP and DNS.</summary>
    public Responders Plain { get; }

    public int HttpPort => ((IPEndPoint)_listening[0].LocalEndPoint!).Port;

    public int HttpsPort => ((IPEndPoint)_listening[1].LocalEndPoint!).Port;

    /// <summary>When the last page began to be sent, a timestamp of the system's clock.</summary>
    public long AnsweredAt { get; private set; }

    /// <summary>Whether a certificate is the one made for here.</summary>
    public bool Trusts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        certificate is X509Certificate2 shown && shown.Thumbprint == _thumbprint;

    public static async Task<FarServers> StartAsync(NetworkLine line, IPAddress address)
    {
        var (sockets, plain) = line.AtFarEnd(() => (new[] { Listen(address), Listen(address) }, new Responders(address)));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var certificate = new CertificateRequest("CN=far", key, HashAlgorithmName.SHA256).CreateSelfSigned(
            TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenHandle((ulong)sockets[0].Handle, options => options.Protocols = HttpProtocols.Http1);
            kestrel.ListenHandle((ulong)sockets[1].Handle, options => options.UseHttps(certificate));
        });
        var pages = builder.Build();
        var servers = new FarServers(pages, sockets, plain, certificate);
        pages.MapGet("/", servers.PageAsync);
        await pages.StartAsync();
        return servers;
    }

    public async ValueTask DisposeAsync()
    {
        await _pages.DisposeAsync();
        Plain.Dispose();
        foreach (var socket in _listening)
            socket.Dispose();
    }

    private async Task PageAsync(HttpContext context)
    {
        await Task.Delay(s_thinking, TimeProvider.System, context.RequestAborted);
        context.Response.ContentLength = 2;
        AnsweredAt = TimeProvider.System.GetTimestamp();
        await context.Response.WriteAsync("ok", context.RequestAborted);
    }

    private static Socket Listen(IPAddress address)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        socket.Listen();
        return socket;
    }
}
