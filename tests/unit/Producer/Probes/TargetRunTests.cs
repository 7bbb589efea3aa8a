using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Settings;
using SignalStream.Producer.Probes;
using SignalStream.Signal.Synthesis;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Producer.Probes;

public sealed class TargetRunTests : IAsyncDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly ConcurrentQueue<ProbeReading> _readings = new();
    private readonly CancellationTokenSource _stop = new();
    private LookupQueue _lookups = new(TimeProvider.System);
    private Task? _run;

    [Fact]
    public async Task RunAsync_AMinute_ReadsOnScheduleWithoutDrift()
    {
        Start(Simulated());
        for (var i = 1; i <= 120; i++)
        {
            await Eventually.TrueAsync(() => _time.PendingTimers == 1);
            _time.Advance(TimeSpan.FromMilliseconds(500));
            await Eventually.TrueAsync(() => _readings.Count >= i);
        }

        var readings = _readings.ToArray();
        Assert.Equal(Enumerable.Range(0, 120).Select(i => (ulong)i), readings.Select(r => r.Index));
        for (var i = 1; i < readings.Length; i++)
            Assert.Equal(500_000_000, readings[i].SentNs - readings[i - 1].SentNs);
        Assert.All(readings, r => Assert.Equal((7u, true, ProbeKind.Simulated, 500.0), (r.Epoch, r.IsSimulated, r.Probe, r.IntervalMs)));
    }

    [Fact]
    public async Task RunAsync_ProbeLongerThanTheInterval_NeverOverlaps()
    {
        using var responders = new Responders();
        var target = Real("udp", responders.SilentUdp);
        Start(target with { Definition = target.Definition with { IntervalMs = 250 } });
        await Eventually.TrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            return _readings.Count >= 5;
        });
        var readings = _readings.ToArray();
        Assert.Equal(Enumerable.Range(0, readings.Length).Select(i => (ulong)i), readings.Select(r => r.Index));
        for (var i = 1; i < readings.Length; i++)
            Assert.True(readings[i].SentNs - readings[i - 1].SentNs >= 1_000_000_000, $"{i}: {readings[i].SentNs - readings[i - 1].SentNs} ns");
    }

    [Fact]
    public async Task RunAsync_NothingAnswers_IsAReadingOfTimeOut()
    {
        using var responders = new Responders();
        Start(Real("udp", responders.SilentUdp));
        await Eventually.TrueAsync(() => _time.PendingTimers >= 1);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        // The time-out of the probe is the clock's too.
        await Eventually.TrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return !_readings.IsEmpty;
        });
        var reading = _readings.ToArray()[0];
        Assert.Equal((ProbeOutcome.TimedOut, 0.0, "no answer within 1000 ms"), (reading.Outcome, reading.RttMs, reading.Error));
    }

    [Theory]
    [InlineData("127.0.0.1:9", "127.0.0.1 is private: Probes:AllowPrivate allows it.")]
    [InlineData("169.254.169.254:80", "169.254.169.254 is link-local, where clouds keep their metadata: such an address is never probed.")]
    public async Task RunAsync_AddressThatIsNotAllowed_IsNeverContacted(string address, string reason)
    {
        Start(Real("tcp", address) with { AllowPrivate = false });
        await Eventually.TrueAsync(() => _time.PendingTimers >= 1);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        await Eventually.TrueAsync(() => !_readings.IsEmpty);
        var reading = _readings.ToArray()[0];
        Assert.Equal((ProbeOutcome.Failed, reason, ""), (reading.Outcome, reading.Error, reading.Address));
    }

    [Fact]
    public async Task RunAsync_ClosedPort_IsRefused()
    {
        Start(Real("tcp", Responders.Closed()));
        await Eventually.TrueAsync(() => _time.PendingTimers >= 1);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        await Eventually.TrueAsync(() => !_readings.IsEmpty);
        var reading = _readings.ToArray()[0];
        Assert.Equal((ProbeOutcome.Refused, IPAddress.Loopback.ToString()), (reading.Outcome, reading.Address));
        Assert.NotEmpty(reading.Error!);
    }

    [Fact]
    public async Task RunAsync_NameWithoutAddress_IsUnresolvedAndAskedForOnceInFiveSeconds()
    {
        var asked = 0;
        Resolve(_ =>
        {
            Interlocked.Increment(ref asked);
            throw new SocketException((int)SocketError.HostNotFound);
        });
        Start(Real("tcp", "nowhere.invalid:80"));
        await ReadAsync(25);
        var readings = _readings.ToArray();
        Assert.All(readings, r => Assert.Equal((ProbeOutcome.Unresolved, true), (r.Outcome, r.Error!.StartsWith("nowhere.invalid: ", StringComparison.Ordinal))));
        Assert.InRange(asked, 2, 1 + ((readings[^1].SentNs - readings[0].SentNs) / 5_000_000_000));
    }

    [Fact]
    public async Task RunAsync_ResolverThatHangs_IsUnresolvedEachTimeAndAskedOnce()
    {
        var asked = 0;
        using var hanging = new ManualResetEventSlim();
        Resolve(_ =>
        {
            Interlocked.Increment(ref asked);
            hanging.Wait();
            return [IPAddress.Loopback];
        });
        using var responders = new Responders();
        Start(Real("tcp", $"slow.invalid:{responders.TcpPort}"));
        await ReadAsync(3);
        Assert.All(_readings, r => Assert.Equal((ProbeOutcome.Unresolved, "slow.invalid: the look-up has not been answered yet"), (r.Outcome, r.Error)));
        Assert.Equal(1, asked);
        hanging.Set();
        await Eventually.TrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return _readings.Any(r => r.Outcome == ProbeOutcome.Answered);
        });
        Assert.Equal(1, asked);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_run is not null)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _run);
        _stop.Dispose();
        _lookups.Dispose();
    }

    private void Start(ProbeTarget target)
    {
        var metrics = new ProbeMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()));
        var run = new TargetRun(target, 7, _readings.Enqueue, TimeSpan.FromSeconds(30), _lookups, metrics, _time, NullLogger.Instance);
        _run = run.RunAsync(_stop.Token);
    }

    private void Resolve(Func<string, IPAddress[]> resolve)
    {
        _lookups.Dispose();
        _lookups = new LookupQueue(resolve, TimeProvider.System);
    }

    private Task ReadAsync(int count) => Eventually.TrueAsync(() =>
    {
        _time.Advance(TimeSpan.FromMilliseconds(100));
        return _readings.Count >= count;
    });

    private static ProbeTarget Simulated() =>
        new(new StreamId("net", "sim"), new TargetDefinition { Label = "Sim" }, false, new LatencySettings());

    private static ProbeTarget Real(string probe, string address) =>
        new(new StreamId("net", "real"), new TargetDefinition { Probe = probe, Address = address }, true);
}
