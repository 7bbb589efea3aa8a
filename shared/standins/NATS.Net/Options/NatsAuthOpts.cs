namespace NATS.Client.Core;

/// <summary>
/// Who the client is. NKeys and JWTs need Ed25519, which the framework lacks: connecting with them is refused with a word
/// about the package that has it.
/// </summary>
public record NatsAuthOpts
{
    public static readonly NatsAuthOpts Default = new();

    public string? Username { get; init; }

    public string? Password { get; init; }

    public string? Token { get; init; }

    public string? Jwt { get; init; }

    public string? NKey { get; init; }

    public string? Seed { get; init; }

    public string? Creds { get; init; }

    public string? CredsFile { get; init; }

    public string? NKeyFile { get; init; }

    public bool IsAnonymous =>
        string.IsNullOrEmpty(Username) && string.IsNullOrEmpty(Password) && string.IsNullOrEmpty(Token) && !NeedsSignature;

    internal bool NeedsSignature =>
        !string.IsNullOrEmpty(Jwt) || !string.IsNullOrEmpty(NKey) || !string.IsNullOrEmpty(Seed)
        || !string.IsNullOrEmpty(Creds) || !string.IsNullOrEmpty(CredsFile) || !string.IsNullOrEmpty(NKeyFile);
}
