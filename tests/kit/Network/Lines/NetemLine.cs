using System.Globalization;
using Xunit;

namespace SignalStream.TestKit.Lines;

/// <summary>A pair of virtual Ethernet devices with the kernel's netem at both ends.</summary>
internal sealed class NetemLine : NetworkLine
{
    private readonly string _near;
    private readonly string _far;

    private NetemLine(FarSide far, LineAddresses addresses, string name)
        : base(far, addresses) => (_near, _far) = ($"{name}n", $"{name}f");

    public static NetemLine Open()
    {
        Requirement.Program("tc");
        var far = FarSide.Open();
        var line = new NetemLine(far, LineAddresses.Next(), string.Create(CultureInfo.InvariantCulture, $"line{far.ThreadId}"));
        try
        {
            Command.Run("ip", $"link add {line._near} type veth peer name {line._far} netns {far.ThreadId}");
            line.Configure();
            line.Set(new LineSettings(0));
            return line;
        }
        catch (InvalidOperationException exception)
        {
            line.Dispose();
            Skip.If(true, $"netem cannot be used here: {exception.Message}");
            throw;
        }
    }

    public override void Set(LineSettings settings)
    {
        var netem = string.Create(
            CultureInfo.InvariantCulture, $"root netem limit 100000 delay {settings.DelayMs}ms {settings.JitterMs}ms loss {settings.LossShare * 100}%");
        Command.Run("tc", $"qdisc replace dev {_near} {netem}");
        Far.Run("tc", $"qdisc replace dev {_far} {netem}");
    }

    protected override void Dispose(bool disposing)
    {
        // The other end, and with it this one, goes with its namespace; not before the kernel has time for it.
        try
        {
            Command.Run("ip", $"link del {_near}");
        }
        catch (InvalidOperationException)
        {
            // It was not made.
        }

        base.Dispose(disposing);
    }

    private void Configure()
    {
        Command.Run("ip", $"addr add {Addresses.NearV4}/{LineAddresses.PrefixV4} dev {_near}");
        Command.Run("ip", $"link set {_near} up");
        Command.Run("ip", $"-6 addr add {Addresses.NearV6}/{LineAddresses.PrefixV6} dev {_near} nodad");
        Far.Run("ip", $"addr add {Addresses.FarV4}/{LineAddresses.PrefixV4} dev {_far}");
        Far.Run("ip", $"link set {_far} up");
        Far.Run("ip", $"-6 addr add {Addresses.FarV6}/{LineAddresses.PrefixV6} dev {_far} nodad");
    }
}
