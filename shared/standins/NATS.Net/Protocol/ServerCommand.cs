namespace NATS.Client.Core.Protocol;

internal enum ServerOp : byte
{
    Msg,
    HMsg,
    Info,
    Ping,
    Pong,
    Ok,
    Err,
}

/// <summary>One command of the server; every place counts from the first byte of the command.</summary>
internal struct ServerCommand
{
    public ServerOp Op;

    /// <summary>The subscription's number.</summary>
    public int Sid;

    public int SubjectStart;
    public int SubjectLength;

    /// <summary>0 where there is no reply subject.</summary>
    public int ReplyStart;
    public int ReplyLength;

    /// <summary>How much of the body is headers.</summary>
    public int HeaderLength;

    /// <summary>Headers and payload of a message; the text of INFO and -ERR.</summary>
    public int BodyStart;
    public int BodyLength;
}
