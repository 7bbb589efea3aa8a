using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Prometheus;
using SignalStream.Hosting.Cluster;
using SignalStream.Hosting.Health;
using SignalStream.Hosting.Nats;
using SignalStream.Hosting.Telemetry;

namespace SignalStream.Hosting;

/// <summary>What every service is given: configuration, logs, metrics, health, NATS.</summary>
public static class ServiceDefaults
{
    /// <summary>In-flight work gets so long at SIGTERM.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Registers all of it.</summary>
    /// <param name="builder">Of the service.</param>
    /// <param name="service">Its name, such as <c>producer</c>.</param>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder, string service)
    {
        builder.Configuration.AddPlainNatsUrl();
        builder.Logging.AddServiceLogs(builder.Configuration);
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(ServiceIdentity.Of(service));
        builder.Services.AddSingleton<ReplicaDescription>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.WebHost.ConfigureKestrel(options => options.AddServerHeader = false);
        builder.Services.AddServiceMetrics();
        builder.Services.AddServiceHealth();
        builder.Services.AddNatsDefaults();
        return builder;
    }

    /// <summary>Maps <c>/health/live</c>, <c>/health/ready</c> and <c>/metrics</c>.</summary>
    public static WebApplication MapServiceDefaults(this WebApplication app)
    {
        app.MapServiceHealth();
        app.MapMetrics("/metrics", app.Services.GetRequiredService<CollectorRegistry>());
        return app;
    }

    /// <summary>
    /// Runs the service until it is told to stop; with <c>--health</c> among the arguments it asks the service that already
    /// runs with this configuration whether it is ready.
    /// </summary>
    /// <returns>Exit code: 0 when it stopped as told (with <c>--health</c>: is ready), 1 otherwise.</returns>
    public static async Task<int> RunServiceAsync(this WebApplication app, string[] args)
    {
        if (args.Contains("--health"))
            return await HealthProbe.RunAsync(app.Configuration);
        try
        {
            // Before the host starts, so that what is wrong is told once and without a stack.
            app.Services.GetService<IStartupValidator>()?.Validate();
            var workers = app.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
            await app.RunAsync();
            return workers.Exists(worker => worker.ExecuteTask?.IsFaulted == true) ? 1 : 0;
        }
        catch (OptionsValidationException exception)
        {
            foreach (var failure in exception.Failures)
                app.Logger.ConfigurationIsWrong(failure);
        }
        catch (IOException exception)
        {
            app.Logger.CannotListen(exception.Message);
        }
        catch (OperationCanceledException)
        {
            // Told to stop while it was starting.
            return 0;
        }
        finally
        {
            // Logs are written in the background: what was said must be out before the process ends.
            await app.DisposeAsync();
        }

        return 1;
    }

    private static void AddPlainNatsUrl(this ConfigurationManager configuration)
    {
        // As the NATS tools have it. Nats__Url and --Nats:Url are more specific and win.
        if (Environment.GetEnvironmentVariable("NATS_URL") is { Length: > 0 } url && Environment.GetEnvironmentVariable("Nats__Url") is null)
        {
            var commandLine = configuration.Sources.ToList().FindIndex(s => s is CommandLineConfigurationSource);
            var source = new MemoryConfigurationSource
            {
                InitialData = [new KeyValuePair<string, string?>("Nats:Url", url)],
            };
            configuration.Sources.Insert(commandLine < 0 ? configuration.Sources.Count : commandLine, source);
        }
    }

    private static void AddServiceLogs(this ILoggingBuilder logging, ConfigurationManager configuration)
    {
        logging.ClearProviders();
        logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.None);
        var formatter = configuration["Logging:Console:FormatterName"];
        if (string.IsNullOrEmpty(formatter))
            formatter = Console.IsOutputRedirected ? "json" : "simple";
        if (formatter == "json")
        {
            logging.AddConsole(options => options.FormatterName = JsonLogFormatter.FormatName);
            logging.AddConsoleFormatter<JsonLogFormatter, ConsoleFormatterOptions>();
        }
        else
        {
            logging.AddSimpleConsole(options =>
            {
                options.SingleLine = true;
                options.TimestampFormat = "HH:mm:ss ";
            });
        }
    }
}
