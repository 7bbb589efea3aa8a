using System.Net;
using System.Net.Http.Headers;
using System.Net.Quic;
using System.Net.Security;
using SignalStream.Messaging;

namespace SignalStream.Producer.Probes;

/// <summary>Gets a page over a new connection each time, and times its parts.</summary>
internal sealed class HttpProbe : IProbe
{
    private const int MostBytes = 1 << 20;
    private const int FailingStatus = 500;

    private readonly Uri _url;
    private readonly Version _version;
    private readonly HttpVersionPolicy _policy;
    private readonly TimeProvider _time;
    private readonly RemoteCertificateValidationCallback? _trusted;
    private readonly byte[] _body = new byte[16 * 1024];

    /// <param name="url">What to get.</param>
    /// <param name="version"><c>1.1</c>, <c>2</c> or <c>3</c>, and no other; null: 2 where the server offers it, else 1.1.</param>
    /// <param name="time">For the phases.</param>
    /// <param name="trusted">Which certificates are good; null: those that the system trusts.</param>
    public HttpProbe(Uri url, string? version, TimeProvider time, RemoteCertificateValidationCallback? trusted = null)
    {
        (_url, _time, _trusted) = (url, time, trusted);
        (_version, _policy) = version switch
        {
            "1.1" => (HttpVersion.Version11, HttpVersionPolicy.RequestVersionExact),
            "2" => (HttpVersion.Version20, HttpVersionPolicy.RequestVersionExact),
            "3" => (HttpVersion.Version30, HttpVersionPolicy.RequestVersionExact),
            _ => (HttpVersion.Version20, HttpVersionPolicy.RequestVersionOrLower),
        };
    }

    /// <summary>Whether this system has what HTTP/3 needs.</summary>
    public static bool HasHttp3 => (OperatingSystem.IsLinux() || OperatingSystem.IsWindows() || OperatingSystem.IsMacOS()) && QuicConnection.IsSupported;

    public async ValueTask<ProbeAnswer> SendAsync(IPAddress? address, CancellationToken cancellationToken)
    {
        if (_version == HttpVersion.Version30 && !HasHttp3)
            throw new ProbeRefusedException("HTTP/3 is not supported here: it needs the library libmsquic and TLS 1.3. Install libmsquic, or choose httpVersion 2.");
        using var attempt = new HttpAttempt(address!, _trusted, _time, cancellationToken);
        using var request = Request(address!);
        using var response = await attempt.Client.SendAsync(request, cancellationToken);
        attempt.HeadersCame();
        await DrainAsync(response, cancellationToken);
        var phases = attempt.Phases((int)response.StatusCode, response.Version);
        return phases.Status >= FailingStatus
            ? new ProbeAnswer(ProbeOutcome.Refused, 0, $"status {phases.Status}") { Phases = phases }
            : ProbeAnswer.Answered(phases.TotalMs) with { Phases = phases };
    }

    public void Dispose()
    {
        // Nothing is kept from one probe to the next.
    }

    private HttpRequestMessage Request(IPAddress address)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, _url) { Version = _version, VersionPolicy = _policy };
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("SignalStream", "0.1"));
        if (_version != HttpVersion.Version30)
            return request;
        // QUIC asks nobody where to connect: the address that was checked goes into the URL, the name stays the host's.
        request.RequestUri = new UriBuilder(_url) { Host = address.ToString() }.Uri;
        request.Headers.Host = _url.Authority;
        return request;
    }

    private async ValueTask DrainAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var read = 0;
        while (read < MostBytes && await body.ReadAsync(_body, cancellationToken) is > 0 and var count)
            read += count;
    }
}
