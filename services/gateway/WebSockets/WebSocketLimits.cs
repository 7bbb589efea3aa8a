using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using SignalStream.Gateway.Security;

namespace SignalStream.Gateway.WebSockets;

/// <summary>What a connection may do. Section <c>WebSockets</c>.</summary>
internal sealed class WebSocketLimits
{
    /// <summary>Viewers at once; more are closed with 4009. At about 30 KiB each, 10,000 take 300 MiB.</summary>
    [Range(1, 1_000_000)] public int MaxConnections { get; set; } = 10_000;

    /// <summary>
    /// Viewers of one client address (an IPv6 network of 64 bits); more are closed with 4009. This machine's own are not counted.
    /// A ward or an office behind one address fits, and it takes twenty such to fill the gateway.
    /// </summary>
    [Range(1, 1_000_000)] public int MaxConnectionsPerAddress { get; set; } = 500;

    /// <summary>Connections that are no viewers, or not yet; further ones are cut at once.</summary>
    [Range(1, 1_000_000)] public int MaxHttpConnections { get; set; } = 4096;

    /// <summary>A connection must have sent its request's head within so long, s; for TLS the handshake before it as well.</summary>
    [Range(1, 600)] public int HandshakeSeconds { get; set; } = 10;

    /// <summary>A viewer that is subscribed to nothing and has asked for nothing for so long is closed with 1008, s.</summary>
    [Range(1, 86_400)] public int IdleSeconds { get; set; } = 300;

    /// <summary>Streams of one connection, those taken in by patterns included.</summary>
    [Range(1, 100_000)] public int MaxStreams { get; set; } = 1000;

    /// <summary>Patterns of one connection.</summary>
    [Range(1, 1000)] public int MaxPatterns { get; set; } = 64;

    /// <summary>Commands and pings of one connection a second, and as many at once; above it they are refused.</summary>
    [Range(1, 100_000)] public int MaxCommandsPerSecond { get; set; } = 100;

    /// <summary>Longest command, bytes: a subscription to 1,000 streams of short names fits.</summary>
    [Range(256, 1 << 20)] public int MaxCommandBytes { get; set; } = 16 << 10;

    /// <summary>Longest message, bytes, inflated if it was compressed; a longer one closes the connection with 1009.</summary>
    [Range(256, 1 << 20)] public int MaxMessageBytes { get; set; } = 64 << 10;

    /// <summary>Whether viewers that ask for it, by <c>/ws?compress=1</c>, get messages compressed; the others never do.</summary>
    public bool Compression { get; set; } = true;

    /// <summary>So many errors within a minute close the connection with 1008.</summary>
    [Range(1, 10_000)] public int ErrorsPerMinute { get; set; } = 20;

    /// <summary>A ping goes out after so long without a message, s: below the 60 s at which proxies give up.</summary>
    [Range(1, 3600)] public int PingSeconds { get; set; } = 25;

    /// <summary>A viewer whose pong does not come within so long is gone, s.</summary>
    [Range(1, 3600)] public int PongSeconds { get; set; } = 10;

    /// <summary>Origins of other sites whose pages may connect, as in <c>https://ward.example</c>; the gateway's own always may.</summary>
    public IList<string> AllowedOrigins { get; } = [];
}

[OptionsValidator]
internal sealed partial class WebSocketLimitsAttributes : IValidateOptions<WebSocketLimits>;

/// <summary>The attributes' rules, and that of origins.</summary>
internal sealed class WebSocketLimitsValidator : IValidateOptions<WebSocketLimits>
{
    public ValidateOptionsResult Validate(string? name, WebSocketLimits options)
    {
        List<string> failures = [.. new WebSocketLimitsAttributes().Validate(name, options).Failures ?? []];
        failures.AddRange(options.AllowedOrigins.Index().Where(o => !OriginPolicy.IsOrigin(o.Item)).Select(o =>
            $"WebSockets:AllowedOrigins:{o.Index} is {o.Item}: it must be as browsers send it, such as https://ward.example or https://ward.example:8443."));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
