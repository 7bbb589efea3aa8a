using System.Text.Json;
using System.Threading.Channels;
using NATS.Client.Core;

namespace SignalStream.Benchmarks.Relay;

/// <summary>What one part of a load saw since it last said so.</summary>
internal sealed record LoadReport(string Part, LoadTally Fast, LoadTally Slow);

/// <summary>Counts as they travel: of the delays, the buckets that are not empty.</summary>
internal sealed record LoadTally(
    long Delivered, long ToldGaps, long SilentGaps, long Repeats, long Thinned, long Bad, long Closed, long Bytes, Dictionary<int, long> Delays)
{
    public static LoadTally Of(LoadCounts counts) => new(
        counts.Delivered, counts.ToldGaps, counts.SilentGaps, counts.Repeats, counts.Thinned, counts.Bad, counts.Closed, counts.Bytes, counts.Delays.Buckets());

    public LoadCounts ToCounts()
    {
        var counts = new LoadCounts
        {
            Delivered = Delivered, ToldGaps = ToldGaps, SilentGaps = SilentGaps, Repeats = Repeats, Thinned = Thinned, Bad = Bad, Closed = Closed, Bytes = Bytes,
        };
        counts.Delays.Add(Delays);
        return counts;
    }
}

/// <summary>Sums up what the parts of a load report over NATS, from other processes here or on other machines.</summary>
internal sealed class LoadReports : IAsyncDisposable
{
    private readonly NatsConnection _connection;
    private readonly INatsSub<byte[]> _subscription;
    private readonly HashSet<string> _parts = [];

    private LoadReports(NatsConnection connection, INatsSub<byte[]> subscription) => (_connection, _subscription) = (connection, subscription);

    public static string SubjectOf(string run) => $"load.report.{run}";

    public static async Task<LoadReports> ListenAsync(string natsUrl, string run)
    {
        var connection = new NatsConnection(NatsOpts.Default with { Url = natsUrl });
        var options = new NatsSubOpts { ChannelOpts = new NatsSubChannelOpts { Capacity = 10_000, FullMode = BoundedChannelFullMode.DropOldest } };
        return new LoadReports(connection, await connection.SubscribeCoreAsync<byte[]>(SubjectOf(run), opts: options));
    }

    /// <summary>Waits until so many parts have their viewers.</summary>
    public async Task HeardAsync(int parts, TimeSpan within)
    {
        using var patience = new CancellationTokenSource(within);
        while (_parts.Count < parts)
        {
            await _subscription.Msgs.WaitToReadAsync(patience.Token);
            AddTo(new LoadCounts(), new LoadCounts());
        }
    }

    /// <summary>Adds what has come since the last time.</summary>
    public void AddTo(LoadCounts fast, LoadCounts slow)
    {
        while (_subscription.Msgs.TryRead(out var message))
        {
            if (JsonSerializer.Deserialize<LoadReport>(message.Data) is not { } report)
                continue;
            _parts.Add(report.Part);
            fast.Add(report.Fast.ToCounts());
            slow.Add(report.Slow.ToCounts());
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _subscription.DisposeAsync();
        await _connection.DisposeAsync();
    }
}
