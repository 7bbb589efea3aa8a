using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using SignalStream.Gateway.Relay;

namespace SignalStream.Gateway.WebSockets;

/// <summary>From a request to a connection of bytes both ways.</summary>
internal static class Upgrade
{
    /// <summary>RFC 6455, section 1.3.</summary>
    private const string KeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>Answers the request, which must be one for a WebSocket; what is written later comes behind the answer.</summary>
    /// <param name="context">Of the request.</param>
    /// <param name="extensions">That are agreed on; null for none.</param>
    public static async Task<Stream> AcceptAsync(HttpContext context, string? extensions)
    {
        var answer = context.Response.Headers;
        if (context.WebSockets.WebSocketRequestedProtocols.Count > 0)
            answer.SecWebSocketProtocol = Answers.Protocol;
        if (extensions is not null)
            answer.SecWebSocketExtensions = extensions;
        if (context.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true } connect)
            return await connect.AcceptAsync();
        answer.Upgrade = "websocket";
        answer.SecWebSocketAccept = AcceptOf(context.Request.Headers.SecWebSocketKey.ToString());
        return await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
    }

    /// <summary>The socket itself where bytes go out as they are; the stream where TLS or HTTP/2 lies between.</summary>
    public static IViewerWire WireOf(HttpContext context, Stream upgraded)
    {
        var connection = context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        var isPlain = context.Features.Get<ITlsHandshakeFeature>() is null && HttpProtocol.IsHttp11(context.Request.Protocol);
        return isPlain && context.Features.Get<IConnectionSocketFeature>() is { } direct
            ? new SocketWire(direct.Socket, connection.Abort)
            : new StreamWire(upgraded, connection.Abort);
    }

    [SuppressMessage("Security", "CA5350", Justification = "The standard asks for SHA-1; nothing is kept secret by it.")]
    private static string AcceptOf(string key) => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key.Trim() + KeySuffix)));
}
