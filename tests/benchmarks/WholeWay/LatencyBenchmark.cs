using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using SignalStream.Contracts;
using SignalStream.TestKit;

namespace SignalStream.Benchmarks.WholeWay;

/// <summary>From a sample being made to its frame at a viewer on the same machine, and what each process costs meanwhile.</summary>
/// <remarks>
/// One clock, since all is on one machine: the frame's event time of its last sample against the wall clock when the viewer has
/// read it. The mean rate is how that delay drifts: the least of the first third of the run against the least of the last, since
/// the least is steady to a fraction of a millisecond where single frames are not.
/// </remarks>
internal static class LatencyBenchmark
{
    private static readonly string[] Services = ["processor", "predictor", "gateway"];

    public static async Task<int> RunAsync(string[] args)
    {
        var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 60;
        var streams = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 2;
        await using var system = await RunningSystem.StartAsync();
        var running = new List<ServiceProcess>();
        foreach (var name in Services)
            running.Add(await system.AddAsync(name));
        running.Add(await system.AddAsync("producer", $"Ecg:Beds={streams}"));

        Console.WriteLine($"{streams} streams of 250 Hz, 25 frames/s each, one viewer of all of them, {seconds} s after 5 s of warm-up");
        using var viewer = await ConnectAsync(running.Single(s => s.Name == "gateway").Address);
        await ReadAsync(viewer, TimeSpan.FromSeconds(5), null);
        var before = running.Select(s => ProcessCpu.Of(s.ProcessId)).Append(ProcessCpu.Of(system.Nats.ProcessId)).ToList();
        var clock = TimeProvider.System;
        var started = clock.GetTimestamp();
        var seen = new Observations();
        await ReadAsync(viewer, TimeSpan.FromSeconds(seconds), seen);
        var elapsed = clock.GetElapsedTime(started).TotalSeconds;
        var after = running.Select(s => ProcessCpu.Of(s.ProcessId)).Append(ProcessCpu.Of(system.Nats.ProcessId)).ToList();

        seen.Print();
        Console.WriteLine();
        Console.WriteLine("| process | share of a core | resident MiB |");
        Console.WriteLine("|---|---|---|");
        foreach (var (name, b, a) in running.Select(s => s.Name).Append("nats-server").Zip(before, after))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {(a.Seconds - b.Seconds) / elapsed:P1} | {a.ResidentBytes / 1048576.0:F0} |"));
        return seen.Frames > 0 ? 0 : 1;
    }

    private static async Task<ClientWebSocket> ConnectAsync(Uri gateway)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("signalstream.v1");
        await socket.ConnectAsync(new UriBuilder(gateway) { Scheme = "ws", Path = "/ws" }.Uri, CancellationToken.None);
        var command = Encoding.UTF8.GetBytes("""{"cmd":"subscribe","streams":["ecg.*"]}""");
        await socket.SendAsync(command, WebSocketMessageType.Text, true, CancellationToken.None);
        return socket;
    }

    private static async Task ReadAsync(ClientWebSocket socket, TimeSpan duration, Observations? into)
    {
        var buffer = new byte[64 * 1024];
        var clock = TimeProvider.System;
        var started = clock.GetTimestamp();
        while (clock.GetElapsedTime(started) < duration)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
                length += part.Count;
            }
            while (!part.EndOfMessage);
            if (part.MessageType == WebSocketMessageType.Binary)
                into?.Add(buffer.AsSpan(0, length), clock.GetUtcNow());
        }
    }

    /// <summary>What the viewer saw.</summary>
    private sealed class Observations
    {
        private readonly List<double> _frameMs = [];
        private readonly List<double> _beatMs = [];
        private readonly List<(uint Topic, double Seconds, double DelayMs)> _arrivals = [];

        public int Frames => _frameMs.Count;

        public void Add(ReadOnlySpan<byte> frame, DateTimeOffset now)
        {
            if (FrameHeader.TryRead(frame, out var header) != FrameError.None)
                return;
            var nowNs = (now.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) * 100;
            if (header.Kind == FrameKind.Event)
            {
                var found = SignalStream.Contracts.V1.Event.Parser.ParseFrom(frame[FrameHeader.Size..]);
                if (found.Beat is not null)
                    _beatMs.Add((nowNs - found.TimeNs) / 1e6);
                return;
            }

            if (header.Kind != FrameKind.Samples)
                return;
            var delayMs = (nowNs - header.TimeNs - (header.Count - 1) * 1e9 / header.RateHz) / 1e6;
            _frameMs.Add(delayMs);
            _arrivals.Add((header.Topic, header.First / header.RateHz, delayMs));
        }

        public void Print()
        {
            Console.WriteLine();
            Console.WriteLine("| | n | p50 ms | p95 ms | p99 ms | max ms |");
            Console.WriteLine("|---|---|---|---|---|---|");
            Row("sample made to frame at the viewer", _frameMs);
            Row("R-peak to its beat at the viewer", _beatMs);
            Console.WriteLine();
            var ppm = _arrivals.GroupBy(a => a.Topic).Select(g => DriftPpm([.. g])).Order().ToList();
            if (ppm.Count > 0)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"mean rate of a stream: {-ppm[^1]:F1} to {-ppm[0]:F1} ppm off the nominal, over {ppm.Count} streams"));
        }

        private static double DriftPpm(List<(uint Topic, double Seconds, double DelayMs)> arrivals)
        {
            var third = arrivals.Count / 3;
            var early = arrivals.Take(third).MinBy(a => a.DelayMs);
            var late = arrivals.TakeLast(third).MinBy(a => a.DelayMs);
            return (late.DelayMs - early.DelayMs) * 1e3 / (late.Seconds - early.Seconds);
        }

        private static void Row(string name, List<double> values)
        {
            values.Sort();
            if (values.Count > 0)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {values.Count} | {At(values, .5):F2} | {At(values, .95):F2} | {At(values, .99):F2} | {values[^1]:F2} |"));
        }

        private static double At(List<double> sorted, double share) => sorted[(int)(share * (sorted.Count - 1))];
    }
}
