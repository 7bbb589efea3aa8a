using System.Net.WebSockets;

namespace SignalStream.Gateway.WebSockets;

/// <summary>What has come in, or what is wrong with it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Bytes">Of a text, a binary or a ping; their memory is the reader's until the next call.</param>
/// <param name="Code">Of a close, which the viewer gave, or of a fault, with which it is closed.</param>
internal readonly record struct Incoming(IncomingKind Kind, ReadOnlyMemory<byte> Bytes = default, WebSocketCloseStatus? Code = null);

internal enum IncomingKind
{
    /// <summary>Nothing whole yet.</summary>
    Nothing,
    Text,
    Binary,
    Ping,
    Close,
    TooBig,

    /// <summary>Compressed, and bigger than a message may be.</summary>
    Bomb,

    /// <summary>A rule is broken: what comes behind it cannot be read.</summary>
    Fault,
}
