using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace SignalStream.Producer.Probes;

/// <summary>When the kernel saw a packet, so that the time until a thread gets its turn stays out of a round trip. Linux only; elsewhere nothing is known.</summary>
internal static class KernelTimes
{
    private const nuint StampOfLast = 0x8907; // SIOCGSTAMPNS
    private const int TcpLevel = 6;
    private const int TcpInfo = 11;
    private const int RttAt = 68;
    private const int TotalRetransmissionsAt = 100;
    private const int TcpInfoBytes = 104;
    private const double UsPerMs = 1000;
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(1);
    private static readonly bool s_isKnown = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Tells the kernel to stamp what this socket receives.</summary>
    public static void Stamp(Socket socket)
    {
        if (s_isKnown)
            _ = ioctl(socket.SafeHandle, StampOfLast, new long[2]);
    }

    /// <summary>How long ago the datagram arrived that was received last, ms; 0 when that is not known, or cannot be.</summary>
    /// <param name="socket">That received it.</param>
    /// <param name="mostMs">It cannot be longer ago: it was sent then.</param>
    /// <param name="time">Of the same clock as the kernel's.</param>
    public static double SinceArrivalMs(Socket socket, double mostMs, TimeProvider time)
    {
        var stamp = new long[2];
        if (!s_isKnown || ioctl(socket.SafeHandle, StampOfLast, stamp) != 0)
            return 0;
        var ms = Since(stamp[0], stamp[1], time).TotalMilliseconds;
        return ms <= mostMs ? ms : 0;
    }

    /// <summary>How long ago a stamp of the kernel's is; 0 when it cannot be: a clock that was set in between, or one that a test moves.</summary>
    public static TimeSpan Since(long seconds, long nanoseconds, TimeProvider time)
    {
        var since = time.GetUtcNow() - DateTimeOffset.UnixEpoch.AddSeconds(seconds).AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
        return since >= TimeSpan.Zero && since <= s_longest ? since : TimeSpan.Zero;
    }

    /// <summary>From SYN to SYN-ACK, ms, of a connection just made; 0 when it is not known, or a packet was sent twice.</summary>
    public static double HandshakeMs(Socket socket)
    {
        Span<byte> info = stackalloc byte[TcpInfoBytes];
        if (!s_isKnown)
            return 0;
        try
        {
            return socket.GetRawSocketOption(TcpLevel, TcpInfo, info) >= TcpInfoBytes && MemoryMarshal.Read<uint>(info[TotalRetransmissionsAt..]) == 0
                ? MemoryMarshal.Read<uint>(info[RttAt..]) / UsPerMs
                : 0;
        }
        catch (SocketException)
        {
            return 0; // Gone already.
        }
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ioctl(SafeHandle descriptor, nuint request, [In, Out] long[] stamp);
}
