using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using NATS.Client.Core.Protocol;

namespace NATS.Client.Core;

/// <summary>Decides whether a connection is encrypted, and with what.</summary>
internal static class TlsSetup
{
    public static TlsMode EffectiveMode(NatsTlsOpts opts, ServerAddress server)
    {
        if (opts.Mode != TlsMode.Auto)
        {
            if (opts.Mode == TlsMode.Disable && server.IsTls)
                throw new NatsException($"{server} asks for TLS, but TlsMode is Disable.");
            return opts.Mode;
        }

        return server.IsTls || opts.CertFile is not null || opts.CertBundleFile is not null || opts.CaFile is not null
            ? TlsMode.Require
            : TlsMode.Prefer;
    }

    /// <exception cref="NatsException">Client and server cannot agree.</exception>
    public static bool IsWanted(TlsMode mode, ServerInfo info, ServerAddress server) => mode switch
    {
        TlsMode.Disable when info.TlsRequired => throw new NatsException($"{server} requires TLS, but TlsMode is Disable."),
        TlsMode.Require when !info.TlsRequired && !info.TlsAvailable => throw new NatsException($"{server} offers no TLS, but TlsMode is Require."),
        TlsMode.Require => true,
        TlsMode.Prefer => info.TlsRequired || info.TlsAvailable,
        _ => false,
    };

    public static async ValueTask<SslClientAuthenticationOptions> OptionsAsync(NatsTlsOpts opts, string host)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = host };
        if (opts.InsecureSkipVerify)
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        else if (opts.CaFile is not null)
            options.CertificateChainPolicy = TrustOnly(opts.CaFile);
        if (ClientCertificate(opts) is { } certificate)
            options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true);
        if (opts.ConfigureClientAuthentication is { } configure)
            await configure(options).ConfigureAwait(false);
        return options;
    }

    private static X509ChainPolicy TrustOnly(string caFile)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(caFile);
        return policy;
    }

    private static X509Certificate2? ClientCertificate(NatsTlsOpts opts)
    {
        if (opts.CertBundleFile is not null)
            return X509CertificateLoader.LoadPkcs12FromFile(opts.CertBundleFile, opts.CertBundleFilePassword);
        if (opts.CertFile is null)
            return null;
        using var pem = opts.KeyFilePassword is null
            ? X509Certificate2.CreateFromPemFile(opts.CertFile, opts.KeyFile)
            : X509Certificate2.CreateFromEncryptedPemFile(opts.CertFile, opts.KeyFilePassword, opts.KeyFile);

        // Windows uses a key for TLS only once it has been through PKCS#12.
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }
}
