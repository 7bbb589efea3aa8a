using System.Globalization;
using SignalStream.TestKit;

namespace SignalStream.ChaosTests.Processor;

/// <summary>A fault that was there.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="Target">To whom.</param>
/// <param name="Begin">Just before.</param>
/// <param name="End">Once it was made good.</param>
internal sealed record Fault(FaultKind Kind, string Target, DateTimeOffset Begin, DateTimeOffset End)
{
    /// <summary>Under which its pauses are told: what is ended is one thing, another replica that starts is another.</summary>
    public string Cause { get; init; } = Kind.ToString();

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Kind} of {Target}, {Begin:HH:mm:ss.fff} to {End:HH:mm:ss.fff}");
}

/// <summary>Does what the plan says, one after the other, and notes when.</summary>
internal sealed class Faults(Replicas replicas, NatsServer nats, Rules rules, TimeProvider time)
{
    /// <summary>A replica that is new: what falls to it changes hands.</summary>
    private const string Newcomer = "Start";

    private readonly List<Fault> _done = [];
    private DateTimeOffset _begin;
    private string _cause = "";

    public IReadOnlyList<Fault> Done => _done;

    /// <summary>Works the plan off; what comes late because a fault took long is begun at once.</summary>
    public async Task RunAsync(IReadOnlyList<PlannedFault> plan)
    {
        var start = time.GetTimestamp();
        foreach (var planned in plan)
        {
            await PauseAsync(planned.At - time.GetElapsedTime(start));
            (_begin, _cause) = (time.GetUtcNow(), planned.Kind.ToString());
            Note(planned.Kind, await DoAsync(planned));
        }
    }

    private void Note(FaultKind kind, string target, string nextCause = "")
    {
        var now = time.GetUtcNow();
        _done.Add(new Fault(kind, target, _begin, now) { Cause = _cause });
        (_begin, _cause) = (now, nextCause);
    }

    private async Task<string> DoAsync(PlannedFault fault)
    {
        switch (fault.Kind)
        {
            case FaultKind.ServerKill:
                await nats.KillAsync();
                await PauseAsync(fault.Lasts);
                await nats.StartAgainAsync();
                return "nats-server";
            case FaultKind.AllDown:
                return await AllDownAsync(fault.Lasts);
            case FaultKind.Rule:
                return await rules.ChangeAsync(fault.Pick);
            case FaultKind.Join:
                return await JoinAsync(fault);
            default:
                var replica = replicas.Pick(fault.Pick);
                await DoAsync(fault, replica);
                return replica.Name;
        }
    }

    private Task DoAsync(PlannedFault fault, Replica replica) => fault.Kind switch
    {
        FaultKind.Kill => KillAsync(replica, fault.Lasts),
        FaultKind.Terminate => TerminateAsync(replica, fault.Lasts),
        FaultKind.Freeze or FaultKind.LongFreeze => ForAWhileAsync(replica.Process.Suspend, replica.Process.Resume, fault.Lasts),
        FaultKind.Silence => ForAWhileAsync(replica.Line.Freeze, replica.Line.Thaw, fault.Lasts),
        FaultKind.Cut => ForAWhileAsync(() => Cut(replica.Line), () => replica.Line.Refuse = false, fault.Lasts),
        _ => throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, "Not done to a replica."),
    };

    private async Task KillAsync(Replica replica, TimeSpan missingFor)
    {
        await replicas.KillAsync(replica);
        await PauseAsync(missingFor);
        await replicas.AddAsync();
    }

    /// <summary>Two things, told one by one: what it held goes to the others, and then some of theirs to a new one.</summary>
    private async Task TerminateAsync(Replica replica, TimeSpan missingFor)
    {
        await StopAsync(replica);
        await PauseAsync(missingFor);
        Note(FaultKind.Terminate, replica.Name, Newcomer);
        await replicas.AddAsync();
    }

    private async Task<string> JoinAsync(PlannedFault fault)
    {
        _cause = Newcomer;
        var joined = await replicas.AddAsync();
        await PauseAsync(fault.Lasts);
        Note(FaultKind.Join, joined.Name, nameof(FaultKind.Terminate));
        var leaving = replicas.Pick(fault.Pick);
        await StopAsync(leaving);
        return $"{joined.Name}, then {leaving.Name} leaves";
    }

    private async Task<string> AllDownAsync(TimeSpan lasts)
    {
        var count = replicas.Live.Count;
        foreach (var replica in replicas.Live.ToList())
            await replicas.KillAsync(replica);
        await PauseAsync(lasts);
        await replicas.AddAsync(count);
        return string.Create(CultureInfo.InvariantCulture, $"all {count} replicas");
    }

    private async Task StopAsync(Replica replica) => Assert.Equal(0, await replicas.StopAsync(replica));

    private async Task ForAWhileAsync(Action begin, Action end, TimeSpan lasts)
    {
        begin();
        await PauseAsync(lasts);
        end();
    }

    private static void Cut(FaultProxy line)
    {
        line.Refuse = true;
        line.Cut();
    }

    /// <summary>Between faults, and while one lasts: it paces what happens, and nothing is waited for with it.</summary>
    private Task PauseAsync(TimeSpan pause) => Task.Delay(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, time);
}
