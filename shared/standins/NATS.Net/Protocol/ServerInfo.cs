using System.Text.Json;
using System.Text.Json.Serialization;

namespace NATS.Client.Core.Protocol;

/// <summary>The server's INFO.</summary>
internal sealed record ServerInfo : INatsServerInfo
{
    [JsonPropertyName("server_id")] public string Id { get; init; } = "";

    [JsonPropertyName("server_name")] public string Name { get; init; } = "";

    [JsonPropertyName("version")] public string Version { get; init; } = "";

    [JsonPropertyName("proto")] public long ProtocolVersion { get; init; }

    [JsonPropertyName("git_commit")] public string GitCommit { get; init; } = "";

    [JsonPropertyName("go")] public string GoVersion { get; init; } = "";

    [JsonPropertyName("host")] public string Host { get; init; } = "";

    [JsonPropertyName("port")] public int Port { get; init; }

    [JsonPropertyName("headers")] public bool HeadersSupported { get; init; }

    [JsonPropertyName("auth_required")] public bool AuthRequired { get; init; }

    [JsonPropertyName("tls_required")] public bool TlsRequired { get; init; }

    [JsonPropertyName("tls_verify")] public bool TlsVerify { get; init; }

    [JsonPropertyName("tls_available")] public bool TlsAvailable { get; init; }

    [JsonPropertyName("max_payload")] public int MaxPayload { get; init; } = 1024 * 1024;

    [JsonPropertyName("jetstream")] public bool JetStreamAvailable { get; init; }

    [JsonPropertyName("client_id")] public ulong ClientId { get; init; }

    [JsonPropertyName("client_ip")] public string ClientIp { get; init; } = "";

    [JsonPropertyName("nonce")] public string? Nonce { get; init; }

    [JsonPropertyName("cluster")] public string? Cluster { get; init; }

    [JsonPropertyName("cluster_dynamic")] public bool ClusterDynamic { get; init; }

    [JsonPropertyName("connect_urls")] public string[]? ClientConnectUrls { get; init; }

    [JsonPropertyName("ws_connect_urls")] public string[]? WebSocketConnectUrls { get; init; }

    [JsonPropertyName("ldm")] public bool LameDuckMode { get; init; }

    /// <exception cref="ProtocolViolationException">The text is not a server's INFO.</exception>
    public static ServerInfo Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ConnectJson.Default.ServerInfo)
                ?? throw new ProtocolViolationException("The server's INFO is null.");
        }
        catch (JsonException e)
        {
            throw new ProtocolViolationException($"The server's INFO is no JSON: {e.Message}");
        }
    }
}

/// <summary>The client's CONNECT.</summary>
internal sealed record ConnectOptions
{
    [JsonPropertyName("verbose")] public bool Verbose { get; init; }

    [JsonPropertyName("pedantic")] public bool Pedantic { get; init; }

    [JsonPropertyName("tls_required")] public bool TlsRequired { get; init; }

    [JsonPropertyName("user")] public string? User { get; init; }

    [JsonPropertyName("pass")] public string? Password { get; init; }

    [JsonPropertyName("auth_token")] public string? Token { get; init; }

    [JsonPropertyName("name")] public string? Name { get; init; }

    [JsonPropertyName("lang")] public string Lang { get; init; } = ".NET";

    [JsonPropertyName("version")] public string Version { get; init; } = "2.8.2";

    [JsonPropertyName("protocol")] public int Protocol { get; init; } = 1;

    [JsonPropertyName("echo")] public bool Echo { get; init; }

    [JsonPropertyName("headers")] public bool Headers { get; init; }

    [JsonPropertyName("no_responders")] public bool NoResponders { get; init; }

    /// <summary>CONNECT, and a PING whose PONG says that the server took it.</summary>
    public byte[] ToCommand() =>
        [.. "CONNECT "u8, .. JsonSerializer.SerializeToUtf8Bytes(this, ConnectJson.Default.ConnectOptions), .. "\r\nPING\r\n"u8];
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ServerInfo))]
[JsonSerializable(typeof(ConnectOptions))]
internal sealed partial class ConnectJson : JsonSerializerContext;
