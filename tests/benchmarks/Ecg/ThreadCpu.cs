using System.Runtime.InteropServices;

namespace SignalStream.Benchmarks.Ecg;

/// <summary>Processor time of the calling thread: what neighbours on the machine do not add to.</summary>
internal static class ThreadCpu
{
    private const int ThreadCpuTimeClock = 3;

    /// <summary>ns since the thread began; null where the system does not tell (it is asked on Linux alone).</summary>
    public static long? Nanoseconds =>
        OperatingSystem.IsLinux() && GetTime(ThreadCpuTimeClock, out var time) == 0 ? (time.Seconds * 1_000_000_000) + time.Nanoseconds : null;

    [DllImport("libc", EntryPoint = "clock_gettime"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetTime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Time
    {
        public readonly nint Seconds;
        public readonly nint Nanoseconds;
    }
}
