using System.Diagnostics;
using System.Globalization;

namespace SignalStream.Benchmarks.Processor;

/// <summary>Who runs where.</summary>
internal static class Cores
{
    public const string First = "0";

    public static string Others => Environment.ProcessorCount < 2 ? First : string.Create(CultureInfo.InvariantCulture, $"1-{All - 1}");

    // What this process was given at first: later it may keep itself to one.
    private static int All { get; } = Environment.ProcessorCount;

    /// <summary>Starts a process that sees one core only, so that its runtime is made for one.</summary>
    public static async Task<T> OnFirstAsync<T>(Func<Task<T>> start)
    {
        Pin(Environment.ProcessId, First);
        try
        {
            return await start();
        }
        finally
        {
            Pin(Environment.ProcessId, string.Create(CultureInfo.InvariantCulture, $"0-{All - 1}"));
        }
    }

    public static void Pin(int process, string cores)
    {
        var start = new ProcessStartInfo("taskset", ["-a", "-p", "-c", cores, process.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true };
        using var taskset = Process.Start(start)!;
        taskset.WaitForExit();
        if (taskset.ExitCode != 0)
            throw new InvalidOperationException($"Process {process} cannot be kept on core {cores}: taskset ended with {taskset.ExitCode}.");
    }
}
