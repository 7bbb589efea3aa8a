namespace SignalStream.Terminal;

/// <summary>What the program ends with; docs/OPERATIONS.md tells users.</summary>
internal enum ExitCode
{
    Done = 0,
    Failed = 1,
    Usage = 2,
    Unreachable = 3,
    Refused = 4,
    File = 5,
}

/// <summary>Ends the program with a line for its user.</summary>
internal sealed class ConsoleFailure(ExitCode code, string message, Exception? inner = null) : Exception(message, inner)
{
    public ExitCode Code { get; } = code;
}
