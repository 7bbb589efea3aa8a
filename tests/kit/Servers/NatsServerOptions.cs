namespace SignalStream.TestKit;

/// <summary>What a test wants of its nats-server.</summary>
public sealed record NatsServerOptions
{
    /// <summary>Text of a configuration file; port and store folder are set by the fixture in any case.</summary>
    public string? Config { get; init; }

    /// <summary>A configuration file as it lies in the repository, instead of <see cref="Config"/>.</summary>
    public string? ConfigFile { get; init; }

    public IReadOnlyList<string> Arguments { get; init; } = [];

    public bool JetStream { get; init; } = true;

    /// <summary>A free port when null; kept over restarts either way.</summary>
    public int? Port { get; init; }
}
