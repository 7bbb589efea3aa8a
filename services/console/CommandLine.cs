using System.CommandLine;
using System.CommandLine.Invocation;
using SignalStream.Terminal.Events;
using SignalStream.Terminal.Gateway;

namespace SignalStream.Terminal;

/// <summary>What can be asked for.</summary>
internal sealed class CommandLine
{
    private const string About =
        "Watches, records and replays SignalStream's streams.\n\n"
        + "Exit codes: 0 done, also by quit or Ctrl-C; 1 failed; 2 wrong use; 3 the gateway cannot be reached; 4 it refused; 5 a file.";

    private readonly Surroundings _around;
    private readonly Option<string> _gateway = new("--gateway", "-g")
    {
        Description = $"Its address; else the environment's {GatewayAddress.Variable}",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(GatewayAddress.Variable) is { Length: > 0 } set ? set : GatewayAddress.Default,
        Recursive = true,
    };

    private readonly Option<bool> _plain = new("--plain") { Description = "Lines of text instead of cards and tables, as when not on a terminal", Recursive = true };
    private readonly Option<int> _retries = new("--retries") { Description = "Attempts in a row to connect again before giving up; 0: never gives up" };
    private readonly Option<bool> _waves = new("--waves") { Description = "Samples too" };
    private readonly Option<bool> _readings = new("--readings") { Description = "Each probe of a network target too" };
    private readonly Option<double> _for = new("--for") { Description = "Seconds after which it ends; 0: at quit or Ctrl-C" };
    private readonly Option<bool> _force = new("--force") { Description = "Replaces the file if it exists" };
    private readonly Option<double> _speed = new("--speed") { Description = "1 as it was, 2 twice as fast; 0 without waiting", DefaultValueFactory = _ => 1 };
    private readonly Argument<string> _file = new("file") { Description = "A CSV file" };
    private readonly Argument<string[]> _streams = new("streams")
    {
        Description = "Names or patterns, as ecg.bed-1, net.* or ecg.bed-*; all streams without any",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private CommandLine(Surroundings around)
    {
        _around = around;
        Rule(_gateway, text => GatewayAddress.Parse(text) is not null, GatewayAddress.Rule);
        Rule(_retries, count => count >= 0, "0 or more");
        Rule(_for, seconds => seconds is >= 0 and <= 2_000_000, "0 to 2,000,000 seconds");
        Rule(_speed, speed => speed is >= 0 and <= 10_000, "0 to 10,000");
        _streams.Validators.Add(result =>
        {
            foreach (var wrong in result.Tokens.Where(t => StreamPattern.Parse(t.Value) is null))
                result.AddError($"{wrong.Value} is no stream: <kind>.<id> with * for any characters is, or * alone.");
        });
    }

    public static async Task<int> RunAsync(string[] args, Surroundings around)
    {
        var parsed = new CommandLine(around).Root().Parse(args);
        try
        {
            var code = await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = around.Out,
                Error = around.Error,
                EnableDefaultExceptionHandler = false,
            });
            return parsed.Action is ParseErrorAction ? (int)ExitCode.Usage : code;
        }
        catch (ConsoleFailure failure)
        {
            await around.Error.WriteLineAsync("signalstream: " + Screen.Plain.Text(failure.Message));
            return (int)failure.Code;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await around.Error.WriteLineAsync("signalstream: " + exception.Message);
            return (int)ExitCode.File;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            await around.Error.WriteLineAsync($"signalstream: {exception.GetType().Name}: {Screen.Plain.Text(exception.Message)}");
            return (int)ExitCode.Failed;
        }
    }

    private RootCommand Root() => new(About)
    {
        _gateway,
        _plain,
        Command("watch", "Shows streams as they are, live. Meanwhile type status, stats or quit.", (p, c) => Actions(p).WatchAsync(Feed(p), c), _streams, _readings, _retries, _for),
        Command("status", "Shows the replicas of all services.", (p, c) => Actions(p).StatusAsync(c)),
        Command("stats", "Shows the streams, and how the forecasts of each have come true.", (p, c) => Actions(p).StatsAsync(Patterns(p), c), _streams),
        Command("record", "Writes what comes into a CSV file, one row a value; - is the standard output.", (p, c) => Actions(p).RecordAsync(Feed(p), p.GetValue(_file)!, p.GetValue(_force), c), _file, _streams, _waves, _readings, _for, _force, _retries),
        Command("replay", "Shows a recording as if it were live.", (p, c) => Actions(p).ReplayAsync(p.GetValue(_file)!, Patterns(p), p.GetValue(_speed), c), _file, _streams, _speed),
    };

    private static Command Command(string name, string about, Func<ParseResult, CancellationToken, Task> run, params Symbol[] symbols)
    {
        var command = new Command(name, about);
        foreach (var symbol in symbols)
        {
            if (symbol is Option option)
                command.Options.Add(option);
            else
                command.Arguments.Add((Argument)symbol);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                await run(parsed, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // Ctrl-C is how one ends it.
            }

            return (int)ExitCode.Done;
        });
        return command;
    }

    private Actions Actions(ParseResult parsed) => new(
        _around, GatewayAddress.Parse(parsed.GetValue(_gateway)!)!, parsed.GetValue(_plain) || !_around.IsTerminal, TimeSpan.FromSeconds(parsed.GetValue(_for)));

    private FeedOptions Feed(ParseResult parsed) => new(Patterns(parsed), parsed.GetValue(_waves), parsed.GetValue(_readings), parsed.GetValue(_retries));

    private StreamPattern[] Patterns(ParseResult parsed) =>
        [.. parsed.GetValue(_streams)!.DefaultIfEmpty("*").Select(text => StreamPattern.Parse(text)!)];

    private static void Rule<T>(Option<T> option, Func<T, bool> holds, string rule) => option.Validators.Add(result =>
    {
        if (result.Errors.Any())
            return;
        if (result.GetValueOrDefault<T>() is { } value && !holds(value))
            result.AddError($"{option.Name} {value}: {rule}.");
    });
}
