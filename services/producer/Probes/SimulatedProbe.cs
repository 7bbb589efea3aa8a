using System.Net;
using SignalStream.Messaging;
using SignalStream.Signal.Synthesis;

namespace SignalStream.Producer.Probes;

/// <summary>A line that is not there.</summary>
internal sealed class SimulatedProbe(LatencySettings settings, double timeoutMs, TimeProvider time) : IProbe
{
    private readonly LatencyGenerator _generator = new(settings);

    public ValueTask<ProbeAnswer> SendAsync(IPAddress? address, CancellationToken cancellationToken)
    {
        var ms = _generator.Next(EventTime.Of(time.GetUtcNow()));
        return ValueTask.FromResult(ms <= timeoutMs
            ? ProbeAnswer.Answered(ms)
            : new ProbeAnswer(ProbeOutcome.TimedOut, 0, FormattableString.Invariant($"no answer within {timeoutMs} ms (simulated)")));
    }

    public void Dispose()
    {
        // Nothing is held.
    }
}
