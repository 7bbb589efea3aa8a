using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using SignalStream.Messaging;

namespace SignalStream.Producer.Probes;

/// <summary>Gets a page over a new connection each time, and times its parts. Follows nowhere, keeps no cookies, uses no proxy.</summary>
internal sealed class HttpProbe : IProbe
{
    private const int MostBytes = 1 << 20;
    private const int FailingStatus = 500;

    private readonly HttpMessageInvoker _client;
    private readonly Uri _url;
    private readonly TimeProvider _time;
    private readonly byte[] _body = new byte[16 * 1024];
    private IPAddress? _address;
    private long _connecting;
    private long _connected;
    private long _secured;

    public HttpProbe(Uri url, TimeProvider time)
    {
        (_url, _time) = (url, time);
        _client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            PooledConnectionLifetime = TimeSpan.Zero,
            ConnectCallback = ConnectAsync,
            PlaintextStreamFilter = (context, _) =>
            {
                _secured = _time.GetTimestamp();
                return ValueTask.FromResult(context.PlaintextStream);
            },
        });
    }

    public async ValueTask<ProbeAnswer> SendAsync(IPAddress? address, CancellationToken cancellationToken)
    {
        _address = address;
        using var request = new HttpRequestMessage(HttpMethod.Get, _url)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("SignalStream", "0.1"));
        var begun = _time.GetTimestamp();
        using var response = await _client.SendAsync(request, cancellationToken);
        var headers = _time.GetTimestamp();
        await DrainAsync(response, cancellationToken);
        var phases = new ProbePhases(
            0, Ms(_connecting, _connected), _url.Scheme == "https" ? Ms(_connected, _secured) : 0, Ms(_secured, headers), _time.GetElapsedTime(begun).TotalMilliseconds,
            (int)response.StatusCode, response.Version.ToString());
        return (int)response.StatusCode >= FailingStatus
            ? new ProbeAnswer(ProbeOutcome.Refused, 0, $"status {(int)response.StatusCode}") { Phases = phases }
            : ProbeAnswer.Answered(phases.TotalMs) with { Phases = phases };
    }

    public void Dispose() => _client.Dispose();

    /// <summary>To the address that was checked, whatever the name resolves to by now.</summary>
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(_address!.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            _connecting = _time.GetTimestamp();
            await socket.ConnectAsync(new IPEndPoint(_address, context.DnsEndPoint.Port), cancellationToken);
            _connected = _time.GetTimestamp();
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async ValueTask DrainAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var read = 0;
        while (read < MostBytes && await body.ReadAsync(_body, cancellationToken) is > 0 and var count)
            read += count;
    }

    private double Ms(long from, long to) => _time.GetElapsedTime(from, to).TotalMilliseconds;
}
