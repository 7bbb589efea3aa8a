using System.Net;
using System.Net.Sockets;
using Polly.CircuitBreaker;
using SignalStream.Producer.Probes;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Producer.Probes;

public sealed class LookupQueueTests
{
    private readonly ManualTimeProvider _time = new();
    private int _asked;
    private SocketError _error = SocketError.TryAgain;

    [Fact]
    public async Task FindAsync_NoNameServerAnswers_PausesForFiveSeconds()
    {
        using var lookups = new LookupQueue(Resolve, _time);
        await FailAsync<SocketException>(lookups, 10);
        await FailAsync<BrokenCircuitException>(lookups, 20);
        Assert.Equal(10, _asked);
        _time.Advance(TimeSpan.FromSeconds(6));
        _error = SocketError.Success;
        Assert.Equal([IPAddress.Loopback], await lookups.FindAsync("back.invalid"));
        Assert.Equal(11, _asked);
    }

    [Fact]
    public async Task FindAsync_NamesThatDoNotExist_AreAnswersAndPauseNothing()
    {
        _error = SocketError.HostNotFound;
        using var lookups = new LookupQueue(Resolve, _time);
        await FailAsync<SocketException>(lookups, 40);
        Assert.Equal(40, _asked);
    }

    private static async Task FailAsync<TException>(LookupQueue lookups, int count)
        where TException : Exception
    {
        for (var i = 0; i < count; i++)
            await Assert.ThrowsAsync<TException>(() => lookups.FindAsync($"host-{i}.invalid"));
    }

    private IPAddress[] Resolve(string host)
    {
        Interlocked.Increment(ref _asked);
        return _error == SocketError.Success ? [IPAddress.Loopback] : throw new SocketException((int)_error);
    }
}
