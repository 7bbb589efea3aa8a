using Prometheus;

namespace SignalStream.Gateway.WebSockets;

/// <summary>What viewers ask for, in numbers.</summary>
internal sealed class SocketMetrics(IMetricFactory metrics)
{
    private readonly Counter _commands = metrics.CreateCounter(
        "signalstream_gateway_commands_total", "Commands that were carried out, by command.", ["command"]);

    private readonly Counter _errors = metrics.CreateCounter(
        "signalstream_gateway_command_errors_total", "Commands that were refused, by error code.", ["code"]);

    private readonly Counter _refused = metrics.CreateCounter(
        "signalstream_gateway_connections_refused_total", "Connections that were refused, by why.", ["reason"]);

    private readonly Counter _compressed = metrics.CreateCounter(
        "signalstream_gateway_connections_compressed_total", "Connections that asked for compression and got it.");

    public void Compressed() => _compressed.Inc();

    public void CommandDone(string command) => _commands.WithLabels(command).Inc();

    public void CommandRefused(string code) => _errors.WithLabels(code).Inc();

    public void ConnectionRefused(string reason) => ConnectionsRefused(reason, 1);

    public void ConnectionsRefused(string reason, long count) => _refused.WithLabels(reason).Inc(count);
}
