using Spectre.Console;

namespace SignalStream.Terminal;

/// <summary>Where the program reads and writes; a test has its own.</summary>
/// <param name="Out">What was asked for.</param>
/// <param name="Error">What went wrong, and what is said beside.</param>
/// <param name="In">Commands, a line each, when there are no keys.</param>
/// <param name="Ansi">Draws, on a terminal.</param>
/// <param name="IsTerminal">Whether cards can be drawn.</param>
/// <param name="HasKeys">Whether single keys can be read.</param>
/// <param name="Time">The clock.</param>
internal sealed record Surroundings(
    TextWriter Out, TextWriter Error, TextReader In, IAnsiConsole Ansi, bool IsTerminal, bool HasKeys, TimeProvider Time)
{
    public static Surroundings OfProcess() => new(
        Console.Out, Console.Error, Console.In, AnsiConsole.Console,
        !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb",
        !Console.IsInputRedirected, TimeProvider.System);
}
