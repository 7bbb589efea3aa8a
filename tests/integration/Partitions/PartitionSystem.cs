using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.KeyValueStore;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Logs;
using SignalStream.Messaging.Partitions;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Partitions;

/// <summary>A server with the logs, replicas in this process, an input of numbers, and what the output must be.</summary>
internal sealed class PartitionSystem : IAsyncDisposable
{
    private readonly Dictionary<StreamId, (CountingWorker Worker, List<SignalEvent> Made)> _expected = [];
    private readonly ConcurrentBag<Replica> _replicas = [];
    private ulong _published;

    private PartitionSystem(NatsServer server) => (Server, Nats) = (server, new NatsConnection(server.ClientOptions));

    public NatsServer Server { get; }

    public NatsConnection Nats { get; }

    public static async Task<PartitionSystem> StartAsync()
    {
        var system = new PartitionSystem(await NatsServer.StartAsync());
        await system.EnsureLogsAsync();
        return system;
    }

    public Task EnsureLogsAsync() => new LogStore(
        Nats, new LogOptions { WavesMegabytes = 64, ReadingsMegabytes = 8, FindingsMegabytes = 64, ForecastsMegabytes = 8, DuplicateWindowSeconds = 1 }).EnsureAsync();

    public async Task<bool> TryEnsureLogsAsync()
    {
        try
        {
            await EnsureLogsAsync();
            return true;
        }
        catch (NatsException)
        {
            return false;
        }
    }

    /// <summary>From here on everything begins anew.</summary>
    public void ForgetExpected() => _expected.Clear();

    /// <summary>Starts a replica.</summary>
    /// <param name="cluster">Those of one cluster share the partitions; of two, both believe that all are theirs.</param>
    /// <param name="url">Another way to the server.</param>
    /// <param name="newWorker">Another worker than the one that counts.</param>
    /// <param name="capability">Another one than that of the counting workers.</param>
    /// <param name="over">What the engine sees of its connection.</param>
    public Replica Add(
        string cluster,
        string? url = null,
        Func<StreamId, IStreamWorker>? newWorker = null,
        Capability? capability = null,
        Func<INatsConnection, INatsConnection>? over = null)
    {
        var options = Server.ClientOptions with { Url = url ?? Server.Url };
        var replica = new Replica(options, cluster, newWorker ?? (stream => new CountingWorker(stream)), capability, over);
        _replicas.Add(replica);
        return replica;
    }

    public async Task PublishAsync(int streams, int messages)
    {
        var log = new NatsJSContext(Nats);
        for (var i = 0; i < messages; i++)
        {
            var text = (++_published).ToString(CultureInfo.InvariantCulture);
            await PublishAsync(log, new StreamId("test", $"s-{i % streams}"), text);
        }
    }

    /// <summary>Publishes a message.</summary>
    /// <param name="stream">Whose.</param>
    /// <param name="text">A number, or refuse, or throw.</param>
    /// <param name="isTaken">Whether the worker must take it.</param>
    public Task PublishAsync(StreamId stream, string text, bool isTaken = true) => PublishAsync(new NatsJSContext(Nats), stream, text, isTaken);

    /// <summary>Waits until the log has as many outputs as there must be, and compares them one by one.</summary>
    public async Task AssertExactlyOnceAsync()
    {
        var wanted = _expected.ToDictionary(e => e.Key, e => e.Value.Made.Select(m => (m.MessageId, ((GapEvent)m).Missing)).ToList());
        var found = (await ReadAsync<GapEvent>(SignalType.Finding, wanted.Values.Sum(w => w.Count))).OfType<GapEvent>().ToList();
        foreach (var (stream, outputs) in wanted)
            Assert.Equal(outputs, found.Where(f => f.Place.Stream == stream).Select(f => (f.MessageId, f.Missing)));
        Assert.Equal(wanted.Values.Sum(w => w.Count), found.Count);
    }

    /// <summary>As somebody does who changes a rule; null removes it.</summary>
    public async Task SetAsync(string key, string? value)
    {
        var rules = await new NatsKVContext(new NatsJSContext(Nats)).GetStoreAsync(LogDefinitions.RulesBucket);
        if (value is null)
            await rules.DeleteAsync(key);
        else
            await rules.PutAsync(key, Encoding.UTF8.GetBytes(value));
    }

    /// <summary>Waits until the second log has what one pass over the first one makes of it, ticks included, and compares.</summary>
    public async Task<IReadOnlyList<ForecastEvent>> AssertTicksAsync()
    {
        var pass = await InputLog.ReplayAsync(Nats, stream => new CountingWorker(stream));
        var wanted = pass.OfType<ForecastEvent>().ToLookup(m => m.Place.Stream, m => (m.MessageId, m.Place.TimeNs, m.Point));
        Assert.NotEmpty(wanted);
        var found = await ReadAsync<ForecastEvent>(SignalType.Forecast, wanted.Sum(w => w.Count()));
        foreach (var stream in wanted)
        {
            // Ticks go on: the log may have more than there was when it was read.
            Assert.Equal(stream, found.OfType<ForecastEvent>().Where(f => f.Place.Stream == stream.Key)
                .Select(f => (f.MessageId, f.Place.TimeNs, f.Point)).Take(stream.Count()));
        }

        return [.. pass.OfType<ForecastEvent>()];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
            await replica.DisposeAsync();
        await Nats.DisposeAsync();
        await Server.DisposeAsync();
    }

    private async Task PublishAsync(NatsJSContext log, StreamId stream, string text, bool isTaken = true)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        (await log.PublishAsync(Subjects.Of(SignalType.Wave, stream), bytes)).EnsureSuccess();
        if (!_expected.TryGetValue(stream, out var expected))
            _expected[stream] = expected = (new CountingWorker(stream), []);
        if (isTaken && text is not ("throw" or "refuse"))
            expected.Worker.Process(new LogMessage(0, 0, bytes), expected.Made);
    }

    /// <summary>Reads until so many are there, and then a little longer: one too many must not slip through.</summary>
    public async Task<List<SignalEvent>> ReadAsync<T>(SignalType type, int count)
    {
        var found = new List<SignalEvent>();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var log = new EventLog(Nats, TimeProvider.System).ReadAsync(
            type, null, DateTimeOffset.UnixEpoch, (s, e) => Assert.Fail($"{s}: {e}"), _ => { }, patience.Token);
        await foreach (var logged in log)
        {
            found.Add(logged.Event);
            if (found.OfType<T>().Count() == count)
                patience.CancelAfter(TimeSpan.FromSeconds(2));
        }

        return found;
    }
}

/// <summary>One replica: its own connection, membership and engine.</summary>
internal sealed class Replica : IAsyncDisposable
{
    private readonly NatsConnection _nats;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _stopMembership = new();
    private readonly Membership _membership;
    private readonly Task _running;
    private bool _isOver;

    public Replica(NatsOpts options, string cluster, Func<StreamId, IStreamWorker> newWorker, Capability? capability, Func<INatsConnection, INatsConnection>? over)
    {
        _nats = new NatsConnection(options);
        var instance = $"{cluster}-{Guid.NewGuid():N}";
        _membership = new Membership(_nats, cluster, instance, TimeProvider.System);
        capability ??= new Capability("test", "count", "test", SignalType.Wave, [SignalType.Finding, SignalType.Forecast], newWorker);
        var reports = new EngineReports((_, _) => { }, (stream, rejection) => Rejections.Add((stream, rejection)), Troubles.Add)
        {
            Alarmed = Alarms.Add,
        };
        Engine = new PartitionEngine(over?.Invoke(_nats) ?? _nats, capability, _membership, instance, reports, TimeProvider.System);
        _running = Task.WhenAll(_membership.RunAsync(_stopMembership.Token), Engine.RunAsync(_stop.Token));
    }

    public PartitionEngine Engine { get; }

    public ConcurrentBag<(StreamId Stream, Rejection Rejection)> Rejections { get; } = [];

    public ConcurrentBag<string> Troubles { get; } = [];

    public ConcurrentBag<string> Alarms { get; } = [];

    public Task LiveAsync(int partitions) => Eventually.TrueAsync(() => Engine.Live == partitions, TimeSpan.FromSeconds(60));

    /// <summary>As on SIGTERM.</summary>
    public async Task LeaveAsync()
    {
        await _stop.CancelAsync();
        await Eventually.TrueAsync(() => Engine.Owned == 0);
        await _membership.LeaveAsync();
        await EndAsync();
    }

    /// <summary>As on SIGKILL: the connection is gone, and nothing is released.</summary>
    public async Task DieAsync()
    {
        await _nats.DisposeAsync();
        await EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isOver)
            await DieAsync();
        _stop.Dispose();
        _stopMembership.Dispose();
    }

    private async Task EndAsync()
    {
        _isOver = true;
        await _stop.CancelAsync();
        await _stopMembership.CancelAsync();
        await _running.ContinueWith(_ => { }, TaskScheduler.Default);
        await _nats.DisposeAsync();
    }
}
