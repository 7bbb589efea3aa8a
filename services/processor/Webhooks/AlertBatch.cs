using SignalStream.Messaging;
using SignalStream.Messaging.Logs;

namespace SignalStream.Processor.Webhooks;

/// <summary>Alerts of the log as they are sent: those of one name together, and the states of one alert in their order.</summary>
internal static class AlertBatch
{
    /// <summary>Groups to be sent one after the other.</summary>
    /// <param name="alerts">In the log's order.</param>
    public static IReadOnlyList<IReadOnlyList<AlertEvent>> Groups(IEnumerable<LoggedEvent> alerts)
    {
        var groups = new List<List<AlertEvent>>();
        var open = new Dictionary<string, List<AlertEvent>>();
        foreach (var alert in alerts.Select(a => (AlertEvent)a.Event))
        {
            var name = alert.Title ?? alert.Name;
            if (!open.TryGetValue(name, out var group) || group.Exists(a => a.Fingerprint == alert.Fingerprint))
                groups.Add(open[name] = group = []);
            group.Add(alert);
        }

        return groups;
    }
}
