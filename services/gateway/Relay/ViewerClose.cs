using System.Net.WebSockets;

namespace SignalStream.Gateway.Relay;

/// <summary>Why a viewer is closed.</summary>
/// <param name="Code">What goes over the wire.</param>
/// <param name="Reason">For people, at most 123 bytes.</param>
/// <param name="Label">For the metric.</param>
/// <param name="DropAll">Whether what waits is dropped; else answers and events go out first.</param>
internal sealed record ViewerClose(WebSocketCloseStatus Code, string Reason, string Label, bool DropAll = false)
{
    private const WebSocketCloseStatus SlowCode = (WebSocketCloseStatus)4008;
    private const WebSocketCloseStatus CrowdedCode = (WebSocketCloseStatus)4009;

    private const string LeftLabel = "left";
    private const string LostLabel = "lost";

    /// <summary>Whether it was not us.</summary>
    public bool IsViewers => Label is LeftLabel or LostLabel;

    /// <summary>The viewer said goodbye.</summary>
    public static ViewerClose Left { get; } = new(WebSocketCloseStatus.NormalClosure, "", LeftLabel);

    /// <summary>The connection broke.</summary>
    public static ViewerClose Lost { get; } = new(WebSocketCloseStatus.NormalClosure, "", LostLabel, DropAll: true);

    /// <summary>It did not answer a ping; the code goes nowhere.</summary>
    public static ViewerClose Silent { get; } =
        new(WebSocketCloseStatus.PolicyViolation, "No answer to a ping.", "silent", DropAll: true);

    public static ViewerClose GoingAway { get; } =
        new(WebSocketCloseStatus.EndpointUnavailable, "The gateway is going away: come back.", "going_away", DropAll: true);

    public static ViewerClose Binary { get; } =
        new(WebSocketCloseStatus.InvalidMessageType, "A binary message: viewers send text.", "binary");

    /// <summary>The viewer said goodbye with a code, which is given back as RFC 6455, section 5.5.1, has it.</summary>
    public static ViewerClose LeftWith(WebSocketCloseStatus? code) => Left with { Code = code ?? Left.Code };

    /// <summary>A rule of WebSocket itself was broken.</summary>
    public static ViewerClose Violation(WebSocketCloseStatus code) => new(code, "", "protocol");

    public static ViewerClose Stalled(int seconds) =>
        new(SlowCode, $"Too slow: nothing has moved for {seconds} s.", "too_slow", DropAll: true);

    public static ViewerClose Overflowed(int kilobytes) =>
        new(SlowCode, $"Too slow: more than {kilobytes} KiB of findings and answers are waiting.", "too_slow", DropAll: true);

    public static ViewerClose TooManyErrors(int errors) =>
        new(WebSocketCloseStatus.PolicyViolation, $"Rules were broken {errors} times in a minute.", "policy");

    public static ViewerClose TooManyPings { get; } =
        new(WebSocketCloseStatus.PolicyViolation, "Too many pings.", "too_fast", DropAll: true);

    public static ViewerClose Idle(int seconds) =>
        new(WebSocketCloseStatus.PolicyViolation, $"Idle: nothing is subscribed, and nothing has been asked for {seconds} s.", "idle", DropAll: true);

    public static ViewerClose TooBig(int bytes) =>
        new(WebSocketCloseStatus.MessageTooBig, $"A message has at most {bytes} bytes.", "too_big");

    public static ViewerClose Bomb(int bytes) =>
        new(WebSocketCloseStatus.MessageTooBig, $"A message has at most {bytes} bytes, once it is inflated.", "inflated");

    public static ViewerClose TooMany(int viewers) =>
        new(CrowdedCode, $"Too many connections: {viewers} are allowed.", "too_many", DropAll: true);

    public static ViewerClose TooManyOfAddress(int viewers) =>
        new(CrowdedCode, $"Too many connections from one address: {viewers} are allowed.", "address", DropAll: true);
}
