using System.ComponentModel;
using System.Globalization;

namespace SignalStream.Processes;

/// <summary>Starts a local nats-server on loopback and returns once it accepts connections.</summary>
internal static class NatsProcess
{
    private const int Attempts = 20;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);

    /// <param name="port">The port to listen on, or null for a free one.</param>
    /// <param name="arguments">Further arguments of nats-server.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public static async Task<(ChildProcess Process, int Port)> StartAsync(
        int? port, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var chosen = port ?? RandomPort();
            var process = Launch(chosen, arguments);
            try
            {
                await process.WaitForLineAsync(IsReady, StartTimeout, cancellationToken).ConfigureAwait(false);
                return (process, chosen);
            }
            catch (Exception e)
            {
                await process.DisposeAsync().ConfigureAwait(false);
                if (port is not null || attempt == Attempts || !e.Message.Contains("address already in use", StringComparison.Ordinal))
                    throw;
            }
        }
    }

    // Below the ephemeral ports: otherwise, while the server is down for a restart, an outgoing connection can take its port.
    private static int RandomPort() => Random.Shared.Next(14_000, 32_000);

    private static bool IsReady(string line) => line.EndsWith("Server is ready", StringComparison.Ordinal);

    private static ChildProcess Launch(int port, IReadOnlyList<string> arguments)
    {
        try
        {
            return ChildProcess.Start(
                "nats-server", ["-a", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture), .. arguments]);
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException("nats-server is not on the path. Install it, e.g. with the system's packages.", e);
        }
    }
}
