using Prometheus;

namespace SignalStream.Gateway.History;

/// <summary>Reading the logs over HTTP, in numbers.</summary>
internal sealed class HistoryMetrics(IMetricFactory metrics)
{
    private readonly Gauge _readers = metrics.CreateGauge("signalstream_gateway_history_readers", "Requests that read a log just now.");
    private readonly Counter _messages = metrics.CreateCounter("signalstream_gateway_history_messages_total", "Messages read from the logs for requests.");
    private readonly Counter _requests = metrics.CreateCounter(
        "signalstream_gateway_history_requests_total", "Requests for what a log has, by what became of them.", ["outcome"]);

    private readonly Counter _unreadable = metrics.CreateCounter(
        "signalstream_gateway_history_unreadable_total", "Messages in the logs that break a rule, and were left out of an answer.");

    public void Readers(int change) => _readers.Inc(change);

    public void Read(int messages) => _messages.Inc(messages);

    public void Unreadable() => _unreadable.Inc();

    /// <param name="outcome"><c>answered</c>, <c>busy</c>, <c>unavailable</c> (the log cannot be read), <c>left</c> (the client) or <c>cut</c>.</param>
    public void Request(string outcome) => _requests.WithLabels(outcome).Inc();
}
