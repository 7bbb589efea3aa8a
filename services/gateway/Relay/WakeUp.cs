using System.Runtime.InteropServices;

namespace SignalStream.Gateway.Relay;

/// <summary>Lets one thread sleep until another wakes it; a wake-up that comes first is not lost.</summary>
/// <remarks>
/// On Linux an eventfd: one system call to wake and one to sleep, where the framework's event takes locks and several. At 25,000
/// frames a second to as many viewers, a thread falls asleep before almost every one of them.
/// </remarks>
internal sealed class WakeUp : IDisposable
{
    private const int NoDescriptor = -1;
    private const int CloseOnExec = 0x80000;
    private const short Readable = 1;

    private readonly int _descriptor = OperatingSystem.IsLinux() ? EventFd(0, CloseOnExec) : NoDescriptor;
    private readonly AutoResetEvent? _event;

    public WakeUp()
    {
        if (_descriptor == NoDescriptor)
            _event = new AutoResetEvent(initialState: false);
    }

    public void Set()
    {
        if (_event is not null)
            _event.Set();
        else
            _ = Write(_descriptor, 1, sizeof(ulong));
    }

    /// <summary>Sleeps until it is woken, or so long.</summary>
    /// <param name="milliseconds">-1 for as long as it takes.</param>
    public void Wait(int milliseconds)
    {
        if (_event is not null)
        {
            _event.WaitOne(milliseconds);
            return;
        }

        var polled = new PollFd { Descriptor = _descriptor, Events = Readable };
        if (milliseconds < 0 || Poll(ref polled, 1, milliseconds) > 0)
            _ = Read(_descriptor, out _, sizeof(ulong));
    }

    public void Dispose()
    {
        _event?.Dispose();
        if (_descriptor != NoDescriptor)
            _ = Close(_descriptor);
    }

    [DllImport("libc", EntryPoint = "eventfd")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int EventFd(uint initial, int flags);

    [DllImport("libc", EntryPoint = "write")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Write(int descriptor, in ulong value, nint length);

    [DllImport("libc", EntryPoint = "read")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Read(int descriptor, out ulong value, nint length);

    [DllImport("libc", EntryPoint = "poll")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Poll(ref PollFd polled, nuint count, int milliseconds);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);

    private struct PollFd
    {
        public int Descriptor;
        public short Events;
        public short Found;
    }
}
