using System.Net;

namespace NATS.Client.Core;

/// <summary>A server's address, with what its URL says about how to talk to it.</summary>
internal sealed record ServerAddress(string Host, int Port, bool IsTls, string? UserInfo, bool IsDiscovered)
{
    private const int DefaultPort = 4222;

    /// <summary>The name that its certificate must have.</summary>
    public string TlsName { get; init; } = Host;

    public Uri Uri => new UriBuilder(IsTls ? "tls" : "nats", Host, Port).Uri;

    /// <exception cref="NatsException">The URL is none of a NATS server.</exception>
    public static ServerAddress Parse(string url)
    {
        var text = url.Trim();
        if (!Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : "nats://" + text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            throw new NatsException($"Not a server's URL: '{text}'.");
        return uri.Scheme switch
        {
            "nats" or "tls" => new(uri.DnsSafeHost, uri.Port > 0 ? uri.Port : DefaultPort, uri.Scheme == "tls", uri.UserInfo, false),
            "ws" or "wss" => throw new NotSupportedException("NATS over WebSocket needs the package NATS.Net (2.8.2) in place of this client."),
            _ => throw new NatsException($"A server's URL begins with nats:// or tls://, not with {uri.Scheme}://: '{text}'."),
        };
    }

    /// <summary>An address as a server tells it; null if it is none, which is no reason to lose the connection.</summary>
    public static ServerAddress? TryParse(string url)
    {
        try
        {
            return Parse(url);
        }
        catch (Exception e) when (e is NatsException or NotSupportedException)
        {
            return null;
        }
    }

    public bool IsSameServer(ServerAddress other) =>
        Port == other.Port && string.Equals(Host, other.Host, StringComparison.OrdinalIgnoreCase);

    public override string ToString() => $"{(IsTls ? "tls" : "nats")}://{Host}:{Port}";
}

/// <summary>The servers that may be connected to, in the order in which they are tried: the configured ones and those that a server told of.</summary>
internal sealed class ServerPool
{
    private readonly List<ServerAddress> _servers;

    public ServerPool(NatsOpts opts)
    {
        var urls = opts.Url.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (urls.Length == 0)
            throw new NatsException("No server's URL is given.");
        var servers = Array.ConvertAll(urls, ServerAddress.Parse);
        FirstUserInfo = servers[0].UserInfo;
        if (!opts.NoRandomize)
            Random.Shared.Shuffle(servers);
        _servers = [.. servers];
    }

    /// <summary>Credentials of the first URL, which hold for all servers that have none of their own.</summary>
    public string? FirstUserInfo { get; }

    public int Count => _servers.Count;

    public ServerAddress[] InOrder() => [.. _servers];

    /// <summary>Tries this one last next time.</summary>
    public void MoveToEnd(ServerAddress server)
    {
        if (_servers.Remove(server))
            _servers.Add(server);
    }

    /// <summary>Takes over the addresses of a cluster as one of its servers tells them.</summary>
    public void Learn(string[] addresses, ServerAddress teller)
    {
        var told = addresses.Select(ServerAddress.TryParse).OfType<ServerAddress>().Select(t => t with
        {
            IsTls = teller.IsTls,
            IsDiscovered = true,

            // Servers of a cluster tell numbers; their certificates have the name by which the first one was found.
            TlsName = IPAddress.TryParse(t.Host, out _) ? teller.TlsName : t.Host,
        }).ToList();
        _servers.RemoveAll(s => s.IsDiscovered && !s.IsSameServer(teller) && !told.Exists(s.IsSameServer));
        _servers.AddRange(told.Where(t => !_servers.Exists(t.IsSameServer)));
    }
}
