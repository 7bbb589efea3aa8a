using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Codec;

/// <summary>Alerts to protobuf and back.</summary>
internal static class AlertCodec
{
    public static V1.Alert Body(AlertEvent alert) => new()
    {
        Name = alert.Name,
        State = (V1.AlertState)alert.State,
        Severity = (V1.AlertSeverity)alert.Severity,
        StartNs = alert.StartNs,
        EndNs = alert.EndNs ?? 0,
        Evidence = alert.Evidence,
        Fingerprint = alert.Fingerprint,
        Value = alert.Value,
        Limit = alert.Limit,
        Unit = alert.Unit,
        AcknowledgedBy = alert.AcknowledgedBy ?? "",
        Rule = alert.Rule ?? "",
        Title = alert.Title ?? "",
    };

    public static AlertEvent Read(EventPlace place, string madeBy, V1.Alert alert) => new(
        place,
        madeBy,
        alert.Name,
        Enum.IsDefined((AlertState)alert.State) ? (AlertState)alert.State : AlertState.Unknown,
        Enum.IsDefined((AlertSeverity)alert.Severity) ? (AlertSeverity)alert.Severity : AlertSeverity.Unknown,
        alert.StartNs,
        alert.EndNs == 0 ? null : alert.EndNs,
        alert.Evidence)
    {
        Value = alert.Value,
        Limit = alert.Limit,
        Unit = alert.Unit,
        AcknowledgedBy = alert.AcknowledgedBy.Length > 0 ? alert.AcknowledgedBy : null,
        Rule = alert.Rule.Length > 0 ? alert.Rule : null,
        Title = alert.Title.Length > 0 ? alert.Title : null,
    };
}
