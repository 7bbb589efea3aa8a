using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using Xunit;

namespace SignalStream.TestKit.Lines;

/// <summary>A thread in a network namespace of its own, which goes with it.</summary>
internal sealed class FarSide : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    private FarSide()
    {
        _thread = new Thread(Work) { IsBackground = true, Name = "far side" };
        _thread.Start();
    }

    /// <summary>The kernel's id of the thread, by which <c>ip link set … netns</c> knows the namespace.</summary>
    public int ThreadId { get; private set; }

    /// <summary>Leaves the namespace of this process, or skips the test by name where that is not allowed.</summary>
    public static FarSide Open()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Network namespaces are Linux's.");
        Requirement.Program("ip");
        var side = new FarSide();
        try
        {
            side.ThreadId = side.Run(() =>
            {
                Libc.Check(Libc.unshare(Libc.NewNetwork), "unshare(CLONE_NEWNET)");
                return Libc.gettid();
            });
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            side.Dispose();
            Skip.If(true, $"A network namespace needs root here: {exception.Message}");
        }

        side.Run("ip", "link set lo up");
        return side;
    }

    public T Run<T>(Func<T> make)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        using var done = new ManualResetEventSlim();
        _work.Add(() =>
        {
            try
            {
                result = make();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }

            done.Set();
        });
        done.Wait();
        failure?.Throw();
        return result;
    }

    /// <summary>Runs a program in the namespace.</summary>
    public void Run(string program, string arguments) => Run(() => Command.Run(program, arguments));

    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
        _work.Dispose();
    }

    private void Work()
    {
        foreach (var action in _work.GetConsumingEnumerable())
            action();
    }
}

/// <summary>Short programs.</summary>
internal static class Command
{
    /// <summary>Runs one to its end, in the namespace of the calling thread.</summary>
    /// <exception cref="InvalidOperationException">It failed; with what it said.</exception>
    public static string Run(string program, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Requirement.Program(program), arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? error : throw new InvalidOperationException($"{program} {arguments}: {error.Trim()}");
    }
}
