using SignalStream.Terminal;
using Spectre.Console;

namespace SignalStream.UnitTests.Terminal;

public sealed class CommandLineTests : IDisposable
{
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();
    private readonly string _file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    [Theory]
    [InlineData("--gateway ftp://x status", "ftp://x")]
    [InlineData("watch ecg", "ecg is no stream")]
    [InlineData("watch --retries -1", "--retries -1")]
    [InlineData("replay", "")]
    [InlineData("dance", "dance")]
    public async Task RunAsync_WrongUse_SaysWhat(string arguments, string expected)
    {
        Assert.Equal((int)ExitCode.Usage, await RunAsync(arguments.Split(' ')));
        Assert.Contains(expected, _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Help_NamesCommandsAndExitCodes()
    {
        Assert.Equal(0, await RunAsync("--help"));
        Assert.All((string[])["watch", "status", "stats", "record", "replay", "Exit codes"], word => Assert.Contains(word, _out.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("watch --help")]
    [InlineData("record --help")]
    public async Task RunAsync_HelpOfWhatReadsStreams_TellsOfReadings(string arguments)
    {
        Assert.Equal(0, await RunAsync(arguments.Split(' ')));
        Assert.Contains("--readings", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_NobodyListens_IsUnreachable()
    {
        Assert.Equal((int)ExitCode.Unreachable, await RunAsync("status", "-g", "http://127.0.0.1:1"));
        Assert.Equal((int)ExitCode.Unreachable, await RunAsync("watch", "ecg.*", "-g", "http://127.0.0.1:1"));
        Assert.Contains("127.0.0.1:1 cannot be reached", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_RecordOntoAFile_KeepsItWithoutForce()
    {
        await File.WriteAllTextAsync(_file, "mine");
        Assert.Equal((int)ExitCode.File, await RunAsync("record", _file));
        Assert.Equal("mine", await File.ReadAllTextAsync(_file));
    }

    [Fact]
    public async Task RunAsync_Replay_TellsTheRecordingLineByLine()
    {
        await File.WriteAllTextAsync(_file, "time,stream,kind,epoch,index,field,value\n2026-01-01T00:00:00.500000Z,ecg.a,heartRate,1,2,bpm,71.6\n"
            + "2026-01-01T00:00:01.500000Z,net.b,targetState,1,2,state,down\n");
        Assert.Equal(0, await RunAsync("replay", _file, "ecg.*", "--speed", "0"));
        Assert.Equal("00:00:00.500 ecg.a heartRate: 72 bpm", _out.ToString().Trim());
        Assert.Equal((int)ExitCode.File, await RunAsync("replay", _file + ".none"));
    }

    [Fact]
    public async Task RunAsync_ReplayOnATerminal_DrawsACardWithoutForeignEscapes()
    {
        await File.WriteAllTextAsync(_file, "time,stream,kind,epoch,index,field,value\n2026-01-01T00:00:00.500000Z,ecg.a,targetState,1,2,state,\u001b]0;x\n");
        Assert.Equal(0, await CommandLine.RunAsync(["replay", _file, "--speed", "0"], Around(isTerminal: true)));
        Assert.Contains("ecg.a", _out.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b]0;x", _out.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        File.Delete(_file);
        _out.Dispose();
        _error.Dispose();
    }

    private Task<int> RunAsync(params string[] arguments) => CommandLine.RunAsync(arguments, Around(isTerminal: false));

    private Surroundings Around(bool isTerminal)
    {
        var ansi = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(_out),
            Ansi = isTerminal ? AnsiSupport.Yes : AnsiSupport.No,
            Interactive = InteractionSupport.No,
        });
        return new Surroundings(_out, _error, TextReader.Null, ansi, isTerminal, false, TimeProvider.System);
    }
}
