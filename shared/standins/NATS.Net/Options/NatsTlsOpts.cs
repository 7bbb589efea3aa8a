using System.Net.Security;

namespace NATS.Client.Core;

/// <summary>When a connection is encrypted.</summary>
public enum TlsMode
{
    /// <summary><see cref="Require"/> where the URL says tls:// or a certificate is given, else <see cref="Prefer"/>.</summary>
    Auto,

    /// <summary>If the server requires it or offers it.</summary>
    Prefer,

    /// <summary>Or not at all.</summary>
    Require,

    /// <summary>Before the server's first word, as behind a TLS balancer.</summary>
    Implicit,

    /// <summary>Never.</summary>
    Disable,
}

/// <summary>Certificates and their verification. Files are PEM; bundles are PKCS#12.</summary>
public sealed record NatsTlsOpts
{
    public static readonly NatsTlsOpts Default = new();

    public string? CertFile { get; init; }

    public string? KeyFile { get; init; }

    public string? KeyFilePassword { get; init; }

    public string? CertBundleFile { get; init; }

    public string? CertBundleFilePassword { get; init; }

    public Func<SslClientAuthenticationOptions, ValueTask>? ConfigureClientAuthentication { get; init; }

    /// <summary>The only authorities that are trusted, where it is given.</summary>
    public string? CaFile { get; init; }

    public bool InsecureSkipVerify { get; init; }

    public TlsMode Mode { get; init; }
}
