using SignalStream.Gateway.Api;
using SignalStream.Gateway.Cluster;
using SignalStream.Gateway.History;
using SignalStream.Gateway.Recorder;
using SignalStream.Gateway.Relay;
using SignalStream.Gateway.Security;
using SignalStream.Gateway.WebSockets;
using SignalStream.Hosting;

namespace SignalStream.Gateway;

/// <summary>The gateway put together: what Program runs and tests start in their own process.</summary>
internal static class GatewayApp
{
    /// <param name="args">Configuration as on the command line.</param>
    /// <param name="configure">A test's last word before the host is built.</param>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = ContentRoot() });
        builder.AddServiceDefaults("gateway"); // configuration, logs, metrics, health, NATS
        builder.AddSecurity();                 // addresses, origins
        builder.AddRelay();                    // signal.wave.*.<kind>.<id> and the logs of events -> viewers
        builder.AddCluster();                  // cluster.*: which replicas there are
        builder.AddViewerSockets();            // /ws: commands in, frames out
        builder.AddHistory();                  // the logs -> /api/v1/streams/<stream>/history
        builder.AddRecorder();                 // signal.reading.> -> daily files, where a folder is named
        builder.AddApi();                      // /api/v1
        configure?.Invoke(builder);

        var app = builder.Build();
        app.UseClientAddresses();
        app.UseSecurityHeaders();
        app.UseViewerFiles();                  // the page at /
        app.MapServiceDefaults();              // /health/live, /health/ready, /metrics
        app.MapViewerSockets();
        app.MapApi();
        return app;
    }

    /// <summary>Published, the viewer lies beside the program; with <c>dotnet run</c> it lies in the project's folder.</summary>
    private static string ContentRoot() =>
        !Directory.Exists(Path.Combine(AppContext.BaseDirectory, "wwwroot")) && File.Exists("appsettings.json")
            ? Directory.GetCurrentDirectory()
            : AppContext.BaseDirectory;
}
