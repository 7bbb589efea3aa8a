using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace SignalStream.TestKit.Lines;

/// <summary>A network device whose packets this process reads and writes; in the namespace of the thread that opens it.</summary>
internal sealed class TunDevice : IDisposable
{
    private const nuint SetInterface = 0x400454ca; // TUNSETIFF
    private const short Tun = 0x0001;
    private const short NoPacketInfo = 0x1000;
    private const int NameBytes = 16;
    private const int RequestBytes = 40;

    private TunDevice(int descriptor, string name) => (Descriptor, Name) = (descriptor, name);

    public int Descriptor { get; }

    public string Name { get; }

    /// <exception cref="Win32Exception">Not allowed here, or no TUN in this kernel.</exception>
    public static TunDevice Open()
    {
        var descriptor = Libc.Check(Libc.open("/dev/net/tun", Libc.ReadWrite | Libc.NonBlocking), "/dev/net/tun");
        var request = new byte[RequestBytes];
        Encoding.ASCII.GetBytes("line%d", request);
        MemoryMarshal.Write(request.AsSpan(NameBytes), (short)(Tun | NoPacketInfo));
        if (Libc.ioctl(descriptor, SetInterface, request) >= 0)
            return new TunDevice(descriptor, Encoding.ASCII.GetString(request, 0, Array.IndexOf(request, (byte)0)));
        var refusal = new Win32Exception(Marshal.GetLastPInvokeError());
        _ = Libc.close(descriptor);
        throw refusal;
    }

    /// <summary>Gives it its addresses; to be called in its namespace.</summary>
    public void Configure(System.Net.IPAddress v4, System.Net.IPAddress v6, int mtu)
    {
        Command.Run("ip", $"addr add {v4}/{LineAddresses.PrefixV4} dev {Name}");
        Command.Run("ip", $"link set {Name} mtu {mtu} up");
        Command.Run("ip", $"-6 addr add {v6}/{LineAddresses.PrefixV6} dev {Name} nodad");
    }

    /// <summary>0 when no packet waits.</summary>
    public int Read(byte[] packet) => (int)Math.Max(0, Libc.read(Descriptor, packet, packet.Length));

    public void Write(byte[] packet, int count) => _ = Libc.write(Descriptor, packet, count);

    public void Dispose() => _ = Libc.close(Descriptor);
}
