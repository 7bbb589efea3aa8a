using System.Globalization;

namespace SignalStream.Benchmarks.WholeWay;

/// <summary>What a process has used so far, from /proc: user and system seconds, resident bytes.</summary>
internal readonly record struct ProcessCpu(double Seconds, long ResidentBytes)
{
    private const double TicksPerSecond = 100;
    private const int AfterName = 2;

    public static ProcessCpu Of(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        // The name in parentheses may hold blanks: count from behind it. utime and stime are fields 14 and 15, rss 24.
        var fields = stat[(stat.LastIndexOf(')') + AfterName)..].Split(' ');
        var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
        return new ProcessCpu(ticks / TicksPerSecond, long.Parse(fields[21], CultureInfo.InvariantCulture) * Environment.SystemPageSize);
    }
}
