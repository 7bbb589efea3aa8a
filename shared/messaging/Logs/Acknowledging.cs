using NATS.Client.Core;
using NATS.Client.JetStream;
using SignalStream.Messaging.Codec;

namespace SignalStream.Messaging.Logs;

/// <summary>Says in the log of alerts that somebody has seen one: everybody who reads the log knows it from there.</summary>
/// <remarks>A fact beside the alert's own states, on a subject of its own, so that it never gets in the way of who judges the alert.</remarks>
public sealed class Acknowledging(INatsConnection connection)
{
    private const string Lane = "acknowledged";

    private readonly NatsJSContext _log = new(connection);

    /// <summary>Stores it; the same alert's state is acknowledged once.</summary>
    /// <param name="alert">As it was told last.</param>
    /// <param name="by">Who has seen it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>What the log has.</returns>
    /// <exception cref="NatsException">The log cannot be written.</exception>
    public async Task<AlertEvent> StoreAsync(AlertEvent alert, string by, CancellationToken cancellationToken)
    {
        var seen = alert with { State = AlertState.Acknowledged, AcknowledgedBy = by };
        var options = new NatsJSPubOpts { MsgId = seen.MessageId };
        var answer = await _log.PublishAsync(
            Subjects.InLane(SignalType.Alert, seen.Place.Stream, Lane), EventCodec.Encode(seen), opts: options, cancellationToken: cancellationToken);
        answer.EnsureSuccess();
        return seen;
    }
}
