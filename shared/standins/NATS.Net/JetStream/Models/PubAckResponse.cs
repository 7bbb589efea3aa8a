namespace NATS.Client.JetStream.Models;

/// <summary>The server's word on a published message. An error is not thrown: <see cref="NatsJSExtensions.EnsureSuccess"/> does.</summary>
public record PubAckResponse
{
    public ApiError? Error { get; set; }

    public string? Stream { get; set; }

    public ulong Seq { get; set; }

    public bool Duplicate { get; set; }

    public string? Domain { get; set; }
}

/// <summary>An error of the JetStream API: the HTTP-like code, and the server's own, which tells them apart.</summary>
public record ApiError
{
    public int Code { get; set; }

    public string? Description { get; set; }

    public int ErrCode { get; set; }
}
