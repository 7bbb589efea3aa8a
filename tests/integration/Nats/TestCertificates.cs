using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SignalStream.IntegrationTests.Nats;

/// <summary>An authority of its own, with a certificate for localhost and one for a client, as PEM files.</summary>
internal sealed class TestCertificates : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("signalstream-tls-");

    public TestCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request("CN=SignalStream test authority", key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
        File.WriteAllText(Authority, authority.ExportCertificatePem());
        Issue(authority, "CN=localhost", Server, ServerKey);
        Issue(authority, "CN=client", Client, ClientKey);
    }

    public string Authority => InFolder("ca.pem");

    public string Server => InFolder("server.pem");

    public string ServerKey => InFolder("server-key.pem");

    public string Client => InFolder("client.pem");

    public string ClientKey => InFolder("client-key.pem");

    public void Dispose() => _folder.Delete(recursive: true);

    private static CertificateRequest Request(string name, ECDsa key) => new(name, key, HashAlgorithmName.SHA256);

    private static void Issue(X509Certificate2 authority, string name, string certificatePath, string keyPath)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(name, key);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1"), new("1.3.6.1.5.5.7.3.2")], false));
        using var certificate = request.Create(authority, Now.AddDays(-1), Now.AddHours(12), RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(certificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(keyPath, key.ExportPkcs8PrivateKeyPem());
    }

    private string InFolder(string file) => Path.Combine(_folder.FullName, file);
}
