using System.ComponentModel;
using System.Runtime.InteropServices;

namespace SignalStream.Benchmarks.Relay;

/// <summary>Linux's epoll: thousands of sockets watched by one thread, at less cost than the framework's own engine.</summary>
/// <remarks>The load shares the machine with what it measures, so that what it uses itself must be little.</remarks>
internal sealed class Epoll : IDisposable
{
    private const int Add = 1;
    private const uint Readable = 1;

    // The kernel packs its struct on x86-64 only.
    private static readonly int Stride = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;

    private readonly int _epoll = Check(epoll_create1(0));
    private readonly byte[] _events = new byte[256 * Stride];

    /// <summary>Watches a descriptor for something to read; <paramref name="key"/> comes back with it.</summary>
    public void Watch(int descriptor, int key)
    {
        var wanted = new byte[Stride];
        MemoryMarshal.Write(wanted, Readable);
        MemoryMarshal.Write(wanted.AsSpan(Stride - sizeof(long)), (long)key);
        _ = Check(epoll_ctl(_epoll, Add, descriptor, wanted));
    }

    /// <summary>Waits up to so long and gives the keys that can be read.</summary>
    public int Wait(Span<int> keys, int milliseconds)
    {
        var count = epoll_wait(_epoll, _events, Math.Min(keys.Length, _events.Length / Stride), milliseconds);
        for (var i = 0; i < count; i++)
            keys[i] = (int)MemoryMarshal.Read<long>(_events.AsSpan((i + 1) * Stride - sizeof(long)));
        return Math.Max(count, 0); // Interrupted by a signal: nothing.
    }

    public void Dispose() => _ = close(_epoll);

    private static int Check(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int epoll_create1(int flags);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int epoll_ctl(int epoll, int operation, int descriptor, [In] byte[] wanted);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int epoll_wait(int epoll, [Out] byte[] events, int most, int milliseconds);

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int close(int descriptor);
}
