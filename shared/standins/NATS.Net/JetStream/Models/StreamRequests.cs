namespace NATS.Client.JetStream.Models;

public record StreamInfoRequest
{
    public bool DeletedDetails { get; set; }

    public string? SubjectsFilter { get; set; }

    public int Offset { get; set; }
}

public record StreamPurgeRequest
{
    public string? Filter { get; set; }

    public ulong Seq { get; set; }

    public ulong Keep { get; set; }
}

public record StreamPurgeResponse
{
    public bool Success { get; set; }

    public ulong Purged { get; set; }
}

public record StreamMsgDeleteRequest
{
    public ulong Seq { get; set; }

    public bool NoErase { get; set; }
}

public record StreamMsgDeleteResponse
{
    public bool Success { get; set; }
}

/// <summary>One message by its sequence, or the last or next one of a subject.</summary>
public record StreamMsgGetRequest
{
    public ulong Seq { get; set; }

    public string? LastBySubj { get; set; }

    public string? NextBySubj { get; set; }
}

public record StreamMsgGetResponse
{
    public required StoredMessage Message { get; set; }
}

public record StoredMessage
{
    public required string Subject { get; set; }

    public ulong Seq { get; set; }

    public ReadOnlyMemory<byte> Data { get; set; }

    public required string Time { get; set; }

    /// <summary>The header block, base64.</summary>
    public string? Hdrs { get; set; }
}
