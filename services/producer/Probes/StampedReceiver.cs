using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace SignalStream.Producer.Probes;

/// <summary>Reads a TCP socket by <c>recvmsg</c>, which tells when the kernel had the last of the bytes (SO_TIMESTAMPNS). Linux on 64 bits only.</summary>
internal sealed class StampedReceiver
{
    private const int SocketLevel = 1;
    private const int TimestampNs = 35;
    private const int DoNotWait = 0x40;
    private const int TryAgain = 11;
    private const int Interrupted = 4;
    private const int BufferBytes = 16 * 1024;
    private const int ControlBytes = 64;
    private const int StampAt = 16; // After cmsghdr: length, level, type.

    private readonly Socket _socket;
    private readonly TimeProvider _time;

    // One pinned block: the bytes, the control message, the vector.
    private readonly byte[] _block = GC.AllocateUninitializedArray<byte>(BufferBytes + ControlBytes + Marshal.SizeOf<Vector>(), pinned: true);

    private StampedReceiver(Socket socket, TimeProvider time) => (_socket, _time) = (socket, time);

    /// <summary>Null where the kernel tells nothing.</summary>
    public static StampedReceiver? Of(Socket socket, TimeProvider time)
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
            return null;
        try
        {
            socket.SetRawSocketOption(SocketLevel, TimestampNs, BitConverter.GetBytes(1));
            return new StampedReceiver(socket, time);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    /// <summary>Reads what is there; null when nothing is.</summary>
    /// <param name="buffer">Filled from the front.</param>
    /// <param name="cameAt">When the last of it came, a timestamp of the clock.</param>
    /// <exception cref="SocketException">The connection is broken.</exception>
    /// <exception cref="ObjectDisposedException">It was closed meanwhile; its number may be another's by now, and is not touched.</exception>
    public int? Receive(Span<byte> buffer, out long cameAt)
    {
        var header = Header(Math.Min(buffer.Length, BufferBytes));
        var count = recvmsg(_socket.SafeHandle, ref header, DoNotWait);
        cameAt = _time.GetTimestamp();
        if (count < 0)
            return Marshal.GetLastPInvokeError() is TryAgain or Interrupted ? null : throw new SocketException((int)SocketError.ConnectionReset);
        _block.AsSpan(0, (int)count).CopyTo(buffer);
        if (header.ControlLength >= StampAt + (2 * sizeof(long)))
            cameAt -= Ticks(KernelTimes.Since(MemoryMarshal.Read<long>(_block.AsSpan(BufferBytes + StampAt)), MemoryMarshal.Read<long>(_block.AsSpan(BufferBytes + StampAt + sizeof(long))), _time));
        return (int)count;
    }

    private MessageHeader Header(int count)
    {
        MemoryMarshal.Write(_block.AsSpan(BufferBytes + ControlBytes), new Vector { Base = At(0), Length = count });
        return new MessageHeader { Vectors = At(BufferBytes + ControlBytes), VectorCount = 1, Control = At(BufferBytes), ControlLength = ControlBytes };
    }

    private nint At(int offset) => Marshal.UnsafeAddrOfPinnedArrayElement(_block, offset);

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _time.TimestampFrequency);

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint recvmsg(SafeHandle descriptor, ref MessageHeader header, int flags);

    [StructLayout(LayoutKind.Sequential)]
    private struct Vector
    {
        public nint Base;
        public nint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct MessageHeader
    {
        public nint Name;
        public int NameLength;
        public nint Vectors;
        public nint VectorCount;
        public nint Control;
        public nint ControlLength;
        public int Flags;
    }
}
