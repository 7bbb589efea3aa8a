using System.Globalization;
using System.Net;
using SignalStream.Messaging;
using SignalStream.Producer.Probes;
using SignalStream.TestKit.Lines;

namespace SignalStream.Eval.Probes;

/// <summary>Each probe against a line of known delay, and what it says against what the line saw.</summary>
internal static class ProbeEvaluation
{
    private const int Warming = 20;
    private static readonly double[] s_delaysMs = [0.25, 5, 25];
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(5);

    public static async Task<int> RunAsync(int probes)
    {
        using var line = NetworkLine.OpenTun(seed: 1, spin: true);
        Console.WriteLine("| probe | | delay there and back, ms | true time, median | error, median | median of its size | p99 of its size |");
        Console.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var address in new[] { line.FarV4, line.FarV6 })
        {
            await using var servers = await FarServers.StartAsync(line, address);
            foreach (var delay in s_delaysMs)
            {
                line.Set(new LineSettings(delay));
                foreach (var (name, probe, figures) in Cases(servers, address))
                {
                    using (probe)
                        Print(name, address, 2 * delay, await MeasureAsync(line, probe, address, figures, probes));
                }
            }
        }

        return 0;
    }

    private static IEnumerable<(string Name, IProbe Probe, Figure[] Figures)> Cases(FarServers servers, IPAddress address)
    {
        var time = TimeProvider.System;
        var host = address.GetAddressBytes().Length == 4 ? $"{address}" : $"[{address}]";
        Figure[] echo = [new("", (answer, _) => answer.RttMs, Truth.Echo)];
        yield return ("ICMP", new IcmpProbe(56, time), echo);
        yield return ("TCP", new TcpProbe(servers.Plain.TcpPort, time), [new("", (answer, _) => answer.RttMs, Truth.Connect)]);
        yield return ("UDP", new UdpProbe(servers.Plain.UdpPort, 56, time), echo);
        yield return ("DNS", new DnsProbe(servers.Plain.DnsPort, "example.org", time), echo);
        yield return ("HTTP/1.1", new HttpProbe(new Uri($"http://{host}:{servers.HttpPort}/"), "1.1", time), Pages(servers, isSecure: false));
        yield return ("HTTPS/1.1", new HttpProbe(new Uri($"https://{host}:{servers.HttpsPort}/"), "1.1", time, servers.Trusts), Pages(servers, isSecure: true));
        yield return ("HTTPS/2", new HttpProbe(new Uri($"https://{host}:{servers.HttpsPort}/"), "2", time, servers.Trusts), Pages(servers, isSecure: true));
    }

    private static Figure[] Pages(FarServers servers, bool isSecure)
    {
        Figure[] always =
        [
            new(" connect", (_, phases) => phases!.ConnectMs, Truth.Connect),
            new(" first byte", (_, phases) => phases!.FirstByteMs, p => Truth.FirstByte(p, isSecure, servers.AnsweredAt)),
            new(" total", (answer, _) => answer.RttMs, p => Truth.Total(p, servers.AnsweredAt)),
        ];
        return isSecure ? [always[0], new(" TLS", (_, phases) => phases!.TlsMs, Truth.Tls), .. always[1..]] : always;
    }

    private static async Task<List<(string Figure, List<(double Said, double True)> Pairs)>> MeasureAsync(
        DelayLine line, IProbe probe, IPAddress address, Figure[] figures, int probes)
    {
        var measured = figures.Select(f => (f.Name, new List<(double, double)>())).ToList();
        for (var i = -Warming; i < probes; i++)
        {
            await Task.Delay(s_pause, TimeProvider.System);
            line.TakePassages();
            using var timeout = new CancellationTokenSource(s_patience);
            var answer = await probe.SendAsync(address, timeout.Token);
            if (answer.Outcome != ProbeOutcome.Answered)
                throw new InvalidOperationException($"{probe.GetType().Name}: {answer}");
            var passages = line.TakePassages();
            for (var f = 0; f < figures.Length && i >= 0; f++)
                measured[f].Item2.Add((figures[f].Said(answer, answer.Phases), figures[f].True(passages)));
        }

        return measured;
    }

    private static void Print(string name, IPAddress address, double delayMs, List<(string Figure, List<(double Said, double True)> Pairs)> measured)
    {
        var family = address.GetAddressBytes().Length == 4 ? "IPv4" : "IPv6";
        foreach (var (figure, pairs) in measured)
        {
            var errors = pairs.Select(p => p.Said - p.True).Order().ToArray();
            var sizes = errors.Select(Math.Abs).Order().ToArray();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name}{figure} | {family} | {delayMs} | {Middle(pairs.Select(p => p.True).Order().ToArray()):0.000} | {Middle(errors):+0.000;-0.000} | {Middle(sizes):0.000} | {sizes[(int)(0.99 * (sizes.Length - 1))]:0.000} |"));
        }
    }

    private static double Middle(double[] ordered) => ordered[ordered.Length / 2];

    /// <summary>A figure of a probe: what it says, and what is true.</summary>
    private sealed record Figure(string Name, Func<ProbeAnswer, ProbePhases?, double> Said, Func<IReadOnlyList<Passage>, double> True);
}
