using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace SignalStream.IntegrationTests.Nats;

/// <summary>Ends TLS in front of a plain server, for one connection.</summary>
internal sealed class TlsBalancer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    public TlsBalancer(TestCertificates certificates, int serverPort)
    {
        _listener.Start();
        _running = RelayAsync(X509Certificate2.CreateFromPemFile(certificates.Server, certificates.ServerKey), serverPort);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task RelayAsync(X509Certificate2 certificate, int serverPort)
    {
        using var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, serverPort, _stopping.Token);
        await using var encrypted = new SslStream(client.GetStream());
        await encrypted.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, _stopping.Token);
        await Task.WhenAny(
            encrypted.CopyToAsync(server.GetStream(), _stopping.Token),
            server.GetStream().CopyToAsync(encrypted, _stopping.Token));
    }
}
