using SignalStream.Gateway.WebSockets;

namespace SignalStream.Gateway.Security;

/// <summary>Which pages may connect: browsers let any page open a WebSocket anywhere and only say which page it was.</summary>
internal sealed class OriginPolicy(WebSocketLimits limits)
{
    /// <summary>Whether it is scheme, host and perhaps port, and nothing else: any other would never be sent.</summary>
    public static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.GetLeftPart(UriPartial.Authority).Equals(text, StringComparison.OrdinalIgnoreCase)
        && uri.UserInfo.Length == 0;

    /// <param name="origin">The header <c>Origin</c>; none is sent by what is no browser.</param>
    /// <param name="host">The header <c>Host</c>.</param>
    public bool Allows(string? origin, string host) =>
        string.IsNullOrEmpty(origin)
        || limits.AllowedOrigins.Contains(origin, StringComparer.OrdinalIgnoreCase)
        || IsSame(origin, host);

    // Without the scheme: behind a proxy that ends TLS ours differs from the browser's.
    private static bool IsSame(string origin, string host)
    {
        var scheme = origin.IndexOf("://", StringComparison.Ordinal);
        return scheme > 0 && origin.AsSpan(scheme + 3).Equals(host, StringComparison.OrdinalIgnoreCase);
    }
}
