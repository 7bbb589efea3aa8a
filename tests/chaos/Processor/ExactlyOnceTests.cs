using NATS.Client.Core;
using SignalStream.Messaging;
using SignalStream.TestKit;
using Xunit.Abstractions;

namespace SignalStream.ChaosTests.Processor;

/// <summary>
/// Processors as processes, input in real time, faults by a plan; then the log of findings is held against what one pass over the
/// same samples gives. <c>make chaos-processor</c> runs it longer.
/// </summary>
public sealed class ExactlyOnceTests(ITestOutputHelper output)
{
    private static readonly TimeSpan CatchUpBound = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly Report _report = new(output);

    [SkippableFact]
    public async Task Processors_UnderFaults_StoreEachFindingOnce()
    {
        var settings = ChaosSettings.FromEnvironment();
        await using var nats = await NatsServer.StartAsync(new NatsServerOptions
        {
            ConfigFile = Repository.Path("deploy/nats/nats-server.conf"),
            Arguments = ["-m=-1"], // its monitoring port: any that is free
        });
        await using var replicas = new Replicas(nats.Port);
        try
        {
            await RunAsync(settings, nats, replicas);
        }
        finally
        {
            if (settings.LogFolder is not null)
                replicas.WriteLogs(settings.LogFolder);
        }
    }

    private async Task RunAsync(ChaosSettings settings, NatsServer nats, Replicas replicas)
    {
        await replicas.AddAsync(settings.Replicas);
        await Eventually.TrueAsync(() => replicas.Now("signalstream_partitions_owned{capability=\"heart\"}") == Partition.Count, TimeSpan.FromSeconds(60), "each partition has an owner");
        await using var connection = new NatsConnection(nats.ClientOptions with { RequestTimeout = TimeSpan.FromSeconds(1) });
        await connection.ConnectAsync();
        var startNs = EventTime.Of(_time.GetUtcNow());
        var feed = new InputFeed(connection, Beds(settings, startNs));
        var faults = new Faults(replicas, nats, new Rules(connection, Beds(settings, startNs).ConvertAll(b => b.Stream)), _time);

        var faulting = faults.RunAsync(FaultPlan.Of(settings));
        // The run lasts so long in any case: its length is a setting.
        await Task.WhenAny(Task.WhenAll(faulting, Task.Delay(TimeSpan.FromSeconds(settings.Seconds), _time)), feed.Running);
        await feed.StopAsync();
        await faulting;

        await JudgeAsync(settings, new LogReader(connection), replicas, feed, faults, startNs);
    }

    private async Task JudgeAsync(ChaosSettings settings, LogReader log, Replicas replicas, InputFeed feed, Faults faults, long startNs)
    {
        var passes = Beds(settings, startNs).Select((bed, i) => (bed.Stream, Pass: Reference.Of(bed, feed.Made[i]))).ToList();
        var expected = passes.SelectMany(p => p.Pass.Events).ToList();
        var caughtUp = await CatchUpAsync(log, expected.Count);
        Assert.All(await replicas.StopAllAsync(), code => Assert.Equal(0, code));
        var input = await log.InputAsync(Beds(settings, startNs), feed.Made);
        var (found, alerts, states) = (await log.EventsAsync(SignalType.Finding), await log.EventsAsync(SignalType.Alert), await log.StatesAsync());
        var differences = Comparison.Of(expected, found);
        var otherStates = passes.Where(p => !p.Pass.IsState(p.Stream, states.GetValueOrDefault(p.Stream))).Select(p => p.Stream).ToList();
        var logPass = await LogPass.OverAsync(log, states);
        var fromLog = Comparison.Of(logPass.Events(SignalType.Finding), found).Concat(Comparison.Of(logPass.Events(SignalType.Alert), alerts)).ToList();
        var otherFromLog = logPass.Differing(states);

        _report.Run(settings.ToString(), input, feed.Resent, found.Count, expected.Count, alerts.Count, caughtUp);
        _report.Faults(faults.Done, Pauses.Longest(found, faults.Done), Pauses.LongestDelay(found, logPass, faults.Done));
        _report.Processors(replicas);
        _report.Differences("one pass over the samples", differences, faults.Done);
        _report.States("one pass over the samples", otherStates, passes.Count);
        _report.Differences("one pass over the log, alerts included", fromLog, faults.Done);
        _report.States("one pass over the log", otherFromLog, passes.Count);
        Assert.Empty(replicas.Failures);
        Assert.Equal(0, input.Missing);
        Assert.Empty(differences);
        Assert.Empty(otherStates);
        Assert.Empty(fromLog);
        Assert.Empty(otherFromLog);
    }

    private static List<Bed> Beds(ChaosSettings settings, long startNs) =>
        [.. Enumerable.Range(1, settings.Streams).Select(number => new Bed(number, settings.Seed, startNs))];

    /// <summary>Until as many findings are there as there should be, and then, or without them, until none has come for a while.</summary>
    private async Task<TimeSpan> CatchUpAsync(LogReader log, int expected)
    {
        var start = _time.GetTimestamp();
        var (last, since) = (0UL, start);
        await Eventually.TrueAsync(
            async () =>
            {
                var now = await log.LastAsync(SignalType.Finding);
                if (now != last)
                    (last, since) = (now, _time.GetTimestamp());
                return _time.GetElapsedTime(since) > (last >= (ulong)expected ? Quiet : 4 * Quiet);
            },
            CatchUpBound,
            "the processors catch up");
        return _time.GetElapsedTime(start, since);
    }
}
