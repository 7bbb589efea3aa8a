using System.Net;
using SignalStream.Messaging;

namespace SignalStream.Producer.Probes;

/// <summary>What became of one probe.</summary>
/// <param name="Outcome">In a word.</param>
/// <param name="RttMs">Until the answer was there, ms; 0 without one.</param>
/// <param name="Error">For people; null when it was answered.</param>
internal readonly record struct ProbeAnswer(ProbeOutcome Outcome, double RttMs, string? Error = null)
{
    public ProbePhases? Phases { get; init; }

    public static ProbeAnswer Answered(double rttMs) => new(ProbeOutcome.Answered, rttMs);
}

/// <summary>A way to probe one target, again and again, never twice at a time.</summary>
internal interface IProbe : IDisposable
{
    /// <summary>Probes once. The time of everything but the network stays out of the round trip.</summary>
    /// <param name="address">Where to; null for a probe that needs none.</param>
    /// <param name="cancellationToken">The time-out.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The network said no.</exception>
    /// <exception cref="OperationCanceledException">No answer in time.</exception>
    ValueTask<ProbeAnswer> SendAsync(IPAddress? address, CancellationToken cancellationToken);
}
