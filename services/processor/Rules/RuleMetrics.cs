using Prometheus;

namespace SignalStream.Processor.Rules;

internal sealed class RuleMetrics(IMetricFactory metrics)
{
    private readonly Counter _values = metrics.CreateCounter(
        "signalstream_processor_rule_values_total", "Values of fields that were held against a user's rule.");
    private readonly Counter _raised = metrics.CreateCounter(
        "signalstream_processor_rule_alerts_total", "Alerts raised by users' rules.", ["severity"]);
    private readonly Counter _suppressed = metrics.CreateCounter(
        "signalstream_processor_rule_alerts_suppressed_total", "Alerts of users' rules beyond their number in an hour: not told.");
    private readonly Counter _refused = metrics.CreateCounter(
        "signalstream_processor_rules_refused_total", "Rules in the bucket that break a rule, once a stream: they count for nothing.");

    public void Judged() => _values.Inc();

    public void Raised(string severity) => _raised.WithLabels(severity).Inc();

    public void Suppressed() => _suppressed.Inc();

    public void Refused() => _refused.Inc();
}
