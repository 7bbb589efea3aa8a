namespace SignalStream.ChaosTests.Processor;

/// <summary>What is done to the replicas and to the server.</summary>
internal enum FaultKind
{
    /// <summary>SIGKILL, and a new replica.</summary>
    Kill,

    /// <summary>SIGTERM, and a new replica.</summary>
    Terminate,

    /// <summary>SIGSTOP, then SIGCONT: the replica wakes up in a world that has gone on.</summary>
    Freeze,

    /// <summary>One replica more, then one less.</summary>
    Join,

    /// <summary>The line between a replica and NATS is cut, and nothing gets through for a while.</summary>
    Cut,

    /// <summary>The line falls silent; what was under way arrives late.</summary>
    Silence,

    /// <summary>SIGKILL of nats-server, and a restart on the same store.</summary>
    ServerKill,

    /// <summary>Somebody changes the limits of the alarms, of one heart or of all.</summary>
    Rule,

    /// <summary>SIGSTOP for longer than message ids are remembered.</summary>
    LongFreeze,

    /// <summary>No replica at all for longer than message ids are remembered.</summary>
    AllDown,
}

/// <summary>One fault to come.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="At">From the start of the input.</param>
/// <param name="Lasts">Until it is made good.</param>
/// <param name="Pick">Which replica: its remainder by the number of them.</param>
internal readonly record struct PlannedFault(FaultKind Kind, TimeSpan At, TimeSpan Lasts, int Pick);

/// <summary>The same seed, the same faults: one every 5 to 10 s, each kind in turn in an order that is drawn anew each round.</summary>
internal static class FaultPlan
{
    /// <summary>Ids are forgotten after so long; set in the replicas, and outlasted by two of the faults.</summary>
    public const int DuplicateWindowSeconds = 10;

    private const double Settle = 5;

    public static IReadOnlyList<PlannedFault> Of(ChaosSettings settings)
    {
        var random = new Random(settings.Seed);
        var plan = new List<PlannedFault>();
        var at = Settle;
        foreach (var kind in settings.Faults.Count == 0 ? [] : Kinds(settings.Faults, random))
        {
            var lasts = Lasts(kind, random);
            if (at + lasts > settings.Seconds - Settle)
                break;
            plan.Add(new PlannedFault(kind, TimeSpan.FromSeconds(at), TimeSpan.FromSeconds(lasts), random.Next(1 << 20)));
            at += Math.Max(lasts, Between(random, 5, 10));
        }

        return plan;
    }

    /// <summary>Round by round without an end; what takes long comes in the first round only.</summary>
    private static IEnumerable<FaultKind> Kinds(IReadOnlyList<FaultKind> kinds, Random random)
    {
        var round = kinds.ToArray();
        while (round.Length > 0)
        {
            random.Shuffle(round);
            foreach (var kind in round)
                yield return kind;
            round = [.. round.Where(kind => kind is not (FaultKind.LongFreeze or FaultKind.AllDown))];
        }
    }

    private static double Lasts(FaultKind kind, Random random) => kind switch
    {
        FaultKind.Kill or FaultKind.Terminate => Between(random, 0, 2),
        FaultKind.Freeze => Between(random, 1, 6),
        FaultKind.Join => Between(random, 3, 5),
        FaultKind.Rule => 0,
        FaultKind.ServerKill => Between(random, 0.1, 2),
        FaultKind.LongFreeze or FaultKind.AllDown => DuplicateWindowSeconds + Between(random, 1, 3),
        _ => Between(random, 2, 6),
    };

    private static double Between(Random random, double least, double most) => least + (random.NextDouble() * (most - least));
}
