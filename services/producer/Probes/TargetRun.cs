using System.Net;
using System.Net.Sockets;
using SignalStream.Messaging;

namespace SignalStream.Producer.Probes;

/// <summary>Probes one target by an absolute schedule: never twice at a time, never adrift; what is due while a probe waits is left out, counted.</summary>
internal sealed class TargetRun(ProbeTarget target, uint epoch, Action<ProbeReading> put, TimeSpan keepAddress, LookupQueue lookups, ProbeMetrics metrics, TimeProvider time, ILogger log)
{
    private readonly TimeSpan _interval = TimeSpan.FromMilliseconds(target.Definition.IntervalMs);
    private readonly TimeSpan _timeout = TimeSpan.FromMilliseconds(target.Definition.TimeoutMs);
    private readonly TargetLookup? _lookup = target.Host is { } host ? new TargetLookup(host, target.AllowPrivate, keepAddress, lookups, time) : null;
    private ulong _index;
    private ProbeOutcome _last;

    /// <summary>Probes until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var probe = target.Open(time);
        var start = time.GetTimestamp();
        // Spread by the name, so that targets do not all come at once.
        var phase = _interval * (Partition.Of(target.Stream) / (double)Partition.Count);
        for (var slot = 0L; ;)
        {
            var wait = phase + (slot * _interval) - time.GetElapsedTime(start);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, time, cancellationToken);
            put(await ReadAsync(probe, cancellationToken));
            var next = Math.Max(slot + 1, (long)Math.Ceiling((time.GetElapsedTime(start) - phase) / _interval));
            if (next > slot + 1)
                metrics.Skipped(next - slot - 1);
            slot = next;
        }
    }

    private async ValueTask<ProbeReading> ReadAsync(IProbe probe, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        IPAddress? address = null;
        var sentNs = EventTime.Of(time.GetUtcNow());
        ProbeAnswer answer;
        try
        {
            var found = _lookup is null ? default : await _lookup.FindAsync(either.Token, cancellationToken);
            address = found.Address;
            sentNs = EventTime.Of(time.GetUtcNow());
            if (found.Refusal is not null)
                answer = new ProbeAnswer(found.Unresolved ? ProbeOutcome.Unresolved : ProbeOutcome.Failed, 0, found.Refusal);
            else
                answer = await probe.SendAsync(address, either.Token);
            if (answer.Phases is { } phases)
                answer = answer with { Phases = phases with { ResolveMs = found.Ms } };
        }
        catch (Exception exception) when (exception is SocketException or HttpRequestException or IOException or ProbeRefusedException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            answer = AnswerOf(exception);
        }

        Tell(answer);
        return Reading(sentNs, address, answer);
    }

    private ProbeReading Reading(long sentNs, IPAddress? address, in ProbeAnswer answer) =>
        new(epoch, _index++, sentNs, target.Probe, answer.Outcome, answer.RttMs)
        {
            Target = target.Definition.Address,
            Region = target.Definition.Region,
            Address = address?.ToString() ?? "",
            Error = answer.Error,
            IsSimulated = target.Simulated is not null,
            IntervalMs = target.Definition.IntervalMs,
            TimeoutMs = target.Definition.TimeoutMs,
            Phases = answer.Phases,
        };

    private ProbeAnswer AnswerOf(Exception exception) => exception switch
    {
        OperationCanceledException => new ProbeAnswer(ProbeOutcome.TimedOut, 0, FormattableString.Invariant($"no answer within {_timeout.TotalMilliseconds} ms")),
        SocketException { SocketErrorCode: SocketError.TimedOut } => new ProbeAnswer(ProbeOutcome.TimedOut, 0, exception.Message),
        ProbeRefusedException => new ProbeAnswer(ProbeOutcome.Failed, 0, exception.Message),
        SocketException { SocketErrorCode: SocketError.AccessDenied or SocketError.AddressFamilyNotSupported } => new ProbeAnswer(ProbeOutcome.Failed, 0, exception.Message),
        _ => new ProbeAnswer(ProbeOutcome.Refused, 0, exception.Message),
    };

    /// <summary>What somebody must change is logged, once as long as it stays: the readings have each one's reason.</summary>
    private void Tell(in ProbeAnswer answer)
    {
        metrics.Probed(target.Probe, answer.Outcome);
        if (answer.Outcome is (ProbeOutcome.Failed or ProbeOutcome.Unresolved) && answer.Outcome != _last)
            log.TargetFails(target.Stream.ToString(), answer.Error ?? "");
        _last = answer.Outcome;
    }
}
