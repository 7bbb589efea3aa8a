using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SignalStream.Processes;

/// <summary>A program that never outlives the process that started it, with its output kept line by line.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly LineLog _lines = new();

    private ChildProcess(Process process)
    {
        _process = process;
        _process.Start();
        Id = _process.Id;
        Reaper.Watch(Id);
        _process.StandardInput.Close();
        Exited = FollowAsync();
    }

    public int Id { get; }

    /// <summary>Completes when it has ended and its last line is in <see cref="Output"/>.</summary>
    public Task Exited { get; }

    public bool HasExited => Exited.IsCompleted || _process.HasExited;

    /// <summary>Null while it runs; above 128 when a signal ended it.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>The last lines of standard output and standard error, oldest first.</summary>
    public IReadOnlyList<string> Output => _lines.Snapshot();

    public static ChildProcess Start(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? directory = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = directory ?? string.Empty,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
            start.Environment[name] = value;

        return new ChildProcess(new Process { StartInfo = start });
    }

    /// <summary>Waits for a line, written already or still to come.</summary>
    /// <exception cref="InvalidOperationException">The program ended without writing it.</exception>
    /// <exception cref="TimeoutException">It was not written in time; the message has the last lines.</exception>
    public async Task<string> WaitForLineAsync(Func<string, bool> match, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var line = _lines.WhenAsync(match);
        try
        {
            await Task.WhenAny(line, Exited).WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{_process.StartInfo.FileName} did not say what was awaited within {timeout}:{Tail()}");
        }

        return line.IsCompleted
            ? await line.ConfigureAwait(false)
            : throw new InvalidOperationException($"{_process.StartInfo.FileName} ended with {ExitCode}:{Tail()}");
    }

    /// <summary>Ends it at once (SIGKILL) and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        if (!HasExited)
            _process.Kill();
        await Exited.ConfigureAwait(false);
    }

    /// <summary>Asks it to end (SIGTERM; a kill on Windows, which has no such signal).</summary>
    public void Terminate() => Send(15, 15);

    public void Suspend() => Send(19, 17);

    public void Resume() => Send(18, 19);

    public async ValueTask DisposeAsync()
    {
        await KillAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private async Task FollowAsync()
    {
        var output = Task.WhenAll(ReadAsync(_process.StandardOutput), ReadAsync(_process.StandardError));
        await _process.WaitForExitAsync().ConfigureAwait(false);
        ExitCode = _process.ExitCode;
        Reaper.Forget(Id);

        // A grandchild may hold the output open: then the exit alone decides.
        await Task.WhenAny(output, Task.Delay(LastWords, TimeProvider.System)).ConfigureAwait(false);
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
            _lines.Add(line);
    }

    private void Send(int linuxSignal, int macSignal)
    {
        if (HasExited)
            return;
        if (OperatingSystem.IsWindows())
            _process.Kill();
        else if (Kill(Id, OperatingSystem.IsMacOS() ? macSignal : linuxSignal) != 0)
            throw new InvalidOperationException($"Process {Id} took no signal: error {Marshal.GetLastPInvokeError()}.");
    }

    private string Tail() => string.Concat(Output.TakeLast(20).Select(line => Environment.NewLine + "  " + line));

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int pid, int signal);

    /// <summary>The newest lines, bounded, with those who wait for one.</summary>
    private sealed class LineLog
    {
        private const int MaxLines = 20_000;
        private readonly Lock _gate = new();
        private readonly Queue<string> _lines = new();
        private readonly List<(Func<string, bool> Match, TaskCompletionSource<string> Found)> _waiting = [];

        public void Add(string line)
        {
            lock (_gate)
            {
                _lines.Enqueue(line);
                if (_lines.Count > MaxLines)
                    _lines.Dequeue();
                _waiting.RemoveAll(waiter => waiter.Match(line) && waiter.Found.TrySetResult(line));
            }
        }

        public Task<string> WhenAsync(Func<string, bool> match)
        {
            lock (_gate)
            {
                if (_lines.FirstOrDefault(match) is { } line)
                    return Task.FromResult(line);
                var found = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Add((match, found));
                return found.Task;
            }
        }

        public IReadOnlyList<string> Snapshot()
        {
            lock (_gate)
                return [.. _lines];
        }
    }
}
