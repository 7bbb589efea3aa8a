using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Polly;
using Polly.CircuitBreaker;

namespace SignalStream.Producer.Probes;

/// <summary>Looks names up on a few threads of its own.</summary>
/// <remarks>
/// The system's resolver blocks its thread, for half a minute when no name server answers. With the pool's threads a few hundred bad
/// names would hold up everything else that this process does. Each target waits for one look-up at most, so the queue is bounded
/// by the number of targets. When half of the look-ups of ten seconds find no name server, all pause for five: a name that does not exist is an
/// answer, and no reason to.
/// </remarks>
internal sealed class LookupQueue : IDisposable
{
    private const int Threads = 8;

    private readonly BlockingCollection<Lookup> _waiting = [];
    private readonly Func<string, IPAddress[]> _resolve;
    private readonly ResiliencePipeline<IPAddress[]> _pipeline;

    public LookupQueue(TimeProvider time)
        : this(Dns.GetHostAddresses, time)
    {
    }

    /// <param name="resolve">Blocks, and throws a <see cref="SocketException"/> when there is no address.</param>
    /// <param name="time">For the pauses.</param>
    internal LookupQueue(Func<string, IPAddress[]> resolve, TimeProvider time)
    {
        _resolve = resolve;
        _pipeline = new ResiliencePipelineBuilder<IPAddress[]> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<IPAddress[]>
            {
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is SocketException { SocketErrorCode: SocketError.TryAgain }),
                FailureRatio = 0.5,
                MinimumThroughput = 10,
                SamplingDuration = TimeSpan.FromSeconds(10),
                BreakDuration = TimeSpan.FromSeconds(5),
            })
            .Build();
        for (var i = 0; i < Threads; i++)
            new Thread(Work) { IsBackground = true, Name = $"look-up {i}" }.Start();
    }

    /// <summary>The addresses of a name, once it had its turn.</summary>
    /// <exception cref="SocketException">It has none.</exception>
    /// <exception cref="BrokenCircuitException">No name server answers; look-ups pause.</exception>
    public Task<IPAddress[]> FindAsync(string host)
    {
        var lookup = new Lookup(host, new TaskCompletionSource<IPAddress[]>(TaskCreationOptions.RunContinuationsAsynchronously));
        _waiting.Add(lookup);
        return lookup.Done.Task;
    }

    /// <summary>Those that wait get no answer.</summary>
    public void Dispose() => _waiting.CompleteAdding();

    private void Work()
    {
        foreach (var lookup in _waiting.GetConsumingEnumerable())
        {
            try
            {
                lookup.Done.SetResult(_pipeline.Execute(() => _resolve(lookup.Host)));
            }
            catch (Exception exception) when (exception is SocketException or ArgumentException or BrokenCircuitException)
            {
                lookup.Done.SetException(exception);
            }
        }
    }

    private sealed record Lookup(string Host, TaskCompletionSource<IPAddress[]> Done);
}
