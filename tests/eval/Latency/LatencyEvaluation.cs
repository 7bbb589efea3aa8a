using System.Globalization;
using SignalStream.Signal.Latency;

namespace SignalStream.Eval.Latency;

/// <summary>Known anomalies in simulated and real traces: how many are found, how soon, and how many are found that are none.</summary>
internal static class LatencyEvaluation
{
    private const double NsPerSecond = 1e9;
    private const int SimulatedTraces = 60;
    private const int LoopbackTraces = 10;
    private const double CalmDays = 2;
    private const int FirstAt = 1200;
    private const int Apart = 1800;

    /// <summary>An anomaly that begins so long after the end of a known one is none of its making, readings.</summary>
    private const int Aftermath = 120;

    private static readonly InjectionKind[] s_kinds = Enum.GetValues<InjectionKind>();

    public static int Run(int seed)
    {
        var results = new List<Result>();
        var (besideSimulated, besideLoopback) = (0, 0);
        for (var i = 0; i < SimulatedTraces; i++)
            besideSimulated += Try(Lines.Simulated(i % Lines.Regions, 2.5, (ulong)(seed + i)), seed + i, results);
        var loopback = Lines.Loopback(FirstAt + (Apart * (s_kinds.Length + 1)));
        for (var i = 0; i < LoopbackTraces; i++)
            besideLoopback += Try(loopback with { Trace = [.. loopback.Trace] }, seed + SimulatedTraces + i, results);
        var (calm, days) = (0, 0.0);
        for (var region = 0; region < Lines.Regions; region++, days += CalmDays)
            calm += Begin(Lines.Simulated(region, 24 * CalmDays, (ulong)(seed + 1000 + region)).Trace).Count;
        Print(results);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"false alarms: {calm} in {days:0.#} calm days of a target, {calm / days:0.##} a day; beside known anomalies {besideSimulated} simulated, {besideLoopback} on loopback"));
        return 0;
    }

    /// <summary>One anomaly of each kind in one trace, in any order.</summary>
    private static int Try(Line line, int seed, List<Result> results)
    {
        var chance = new Random(seed);
        var kinds = s_kinds.ToArray();
        chance.Shuffle(kinds);
        var injections = kinds.Select((kind, i) => Injection.Random(kind, FirstAt + (i * Apart) + chance.Next(300), line.BaseMs, line.JitterMs, chance)).ToArray();
        foreach (var injection in injections)
            injection.Apply(line.Trace, chance);
        var begun = Begin(line.Trace);
        foreach (var injection in injections)
        {
            var at = begun.FindIndex(b => b.Reading >= injection.First && b.Reading < injection.End + Aftermath / 6);
            results.Add(new Result(injection.Kind, line.Name, at < 0 ? null : begun[at].Seconds - (injection.First * Lines.IntervalNs / NsPerSecond)));
        }

        return begun.Count(b => !injections.Any(i => b.Reading >= i.First && b.Reading < i.End + Aftermath));
    }

    /// <summary>When anomalies and breaks begin: the reading that told, and when its answer was there.</summary>
    private static List<(int Reading, double Seconds)> Begin(float[] trace)
    {
        const double TimeoutSeconds = 1;
        var (anomalies, windows, state) = (new LatencyAnomalies(), new LatencyWindows(), new TargetState());
        var begun = new List<(int, double)>();
        for (var i = 0; i < trace.Length; i++)
        {
            var timeNs = Lines.StartNs + (i * Lines.IntervalNs);
            windows.Add(timeNs, trace[i]);
            var isDown = state.Process(timeNs, !float.IsNaN(trace[i]), windows.Figures(0)) && state.Condition == TargetCondition.Down;
            var isAnomaly = anomalies.Process(timeNs, trace[i], out var change) && change.EndNs == 0;
            if (isDown || isAnomaly)
                begun.Add((i, (i * Lines.IntervalNs / NsPerSecond) + (float.IsNaN(trace[i]) ? TimeoutSeconds : trace[i] / 1000)));
        }

        return begun;
    }

    private static void Print(List<Result> results)
    {
        Line("kind        injected  found  recall   p50 s   p95 s");
        foreach (var kind in s_kinds)
            Line(kind.ToString(), results.Where(r => r.Kind == kind));
        Line("all", results);
        Line("loopback", results.Where(r => r.Line == "loopback"));

        static void Line(string name, IEnumerable<Result>? of = null)
        {
            if (of?.ToArray() is not { } all)
            {
                Console.WriteLine(name);
                return;
            }

            var delays = all.Where(r => r.DelaySeconds is not null).Select(r => r.DelaySeconds!.Value).Order().ToArray();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-10} {all.Length,9} {delays.Length,6} {(double)delays.Length / all.Length,7:0.000} {delays.ElementAtOrDefault(delays.Length / 2),7:0.00} {delays.ElementAtOrDefault((int)(0.95 * delays.Length)),7:0.00}"));
        }
    }

    private sealed record Result(InjectionKind Kind, string Line, double? DelaySeconds);
}
