using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using NATS.Client.Core;
using SignalStream.Messaging.Logs;

namespace SignalStream.Hosting.Nats;

/// <summary>How to reach NATS. Section <c>Nats</c>; the URL also as <c>NATS_URL</c>.</summary>
public sealed class NatsOptions
{
    /// <summary>One or several servers, separated by commas; may carry user:password@.</summary>
    [Required] public string Url { get; set; } = "nats://127.0.0.1:4222";

    /// <summary>User, when not in the URL.</summary>
    public string? Username { get; set; }

    /// <summary>Password, when not in the URL.</summary>
    public string? Password { get; set; }

    /// <summary>Token instead of user and password.</summary>
    public string? Token { get; set; }

    /// <summary>Certificate authority of the server, a PEM file.</summary>
    public string? CaFile { get; set; }

    /// <summary>Our certificate, a PEM file, when the server asks for one.</summary>
    public string? CertFile { get; set; }

    /// <summary>Its key, a PEM file.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The URL without user and password, for people.</summary>
    public string SafeUrl => string.Join(',', Url.Split(',').Select(Anonymous));

    internal NatsOpts ToOpts(ServiceIdentity identity) => NatsOpts.Default with
    {
        Url = Url,
        Name = $"{identity.Service} {identity.Instance}",
        AuthOpts = NatsAuthOpts.Default with { Username = Username, Password = Password, Token = Token },
        TlsOpts = NatsTlsOpts.Default with { CaFile = CaFile, CertFile = CertFile, KeyFile = KeyFile },
        // A service that was started before its server waits for it, and one that comes back is taken at once.
        RetryOnInitialConnect = true,
        ReconnectWaitMin = TimeSpan.FromMilliseconds(100),
        ReconnectWaitMax = TimeSpan.FromMilliseconds(500),
        MaxReconnectRetry = -1,
        IgnoreAuthErrorAbort = true,
        PublishTimeoutOnDisconnected = true,
    };

    private static string Anonymous(string url)
    {
        var at = url.LastIndexOf('@');
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        return at < 0 ? url : string.Concat(url.AsSpan(0, scheme < 0 ? 0 : scheme + 3), url.AsSpan(at + 1));
    }
}

[OptionsValidator]
internal sealed partial class NatsOptionsValidator : IValidateOptions<NatsOptions>;

[OptionsValidator]
internal sealed partial class LogOptionsValidator : IValidateOptions<LogOptions>;
