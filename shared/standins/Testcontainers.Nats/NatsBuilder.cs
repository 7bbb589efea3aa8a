namespace Testcontainers.Nats;

/// <summary>Describes a nats-server with JetStream; here a local process instead of a container.</summary>
/// <remarks>Immutable as the package's: every method returns a new builder.</remarks>
public sealed class NatsBuilder
{
    private readonly string[] _command;
    private readonly string? _username;
    private readonly string? _password;

    public NatsBuilder()
        : this([], null, null)
    {
    }

    private NatsBuilder(string[] command, string? username, string? password) =>
        (_command, _username, _password) = (command, username, password);

    public NatsBuilder WithUsername(string username) => new(_command, username, _password);

    public NatsBuilder WithPassword(string password) => new(_command, _username, password);

    /// <summary>Adds arguments to nats-server's command line.</summary>
    public NatsBuilder WithCommand(params string[] command) => new([.. _command, .. command], _username, _password);

    public NatsContainer Build()
    {
        if (string.IsNullOrEmpty(_username) != string.IsNullOrEmpty(_password))
            throw new ArgumentException("User name and password are given together or not at all.");
        return new NatsContainer(_command, _username, _password);
    }
}
