using SignalStream.Hosting;
using SignalStream.Hosting.Partitions;
using SignalStream.Messaging;
using SignalStream.Messaging.Partitions;
using SignalStream.Messaging.Settings;

namespace SignalStream.Processor.Rules;

internal static class RulesRegistration
{
    /// <summary>From the findings and the forecasts of all streams to the alerts of users' rules.</summary>
    /// <remarks>A unit of work reads one log, so there are two; each writes in a lane of its own beside the detectors' alerts.</remarks>
    public static WebApplicationBuilder AddRules(this WebApplicationBuilder builder)
    {
        builder.Services.AddCheckedOptions<RuleOptions, RuleOptionsValidator>("Rules");
        builder.Services.AddSingleton<RuleMetrics>();
        return builder.AddRules("rules", SignalType.Finding).AddRules("outlooks", SignalType.Forecast);
    }

    private static WebApplicationBuilder AddRules(this WebApplicationBuilder builder, string name, SignalType input) => builder.AddCapability(services =>
    {
        var options = services.GetRequiredService<RuleOptions>();
        var metrics = services.GetRequiredService<RuleMetrics>();
        RuleGroup NewGroup() => new(options, metrics);
        return new Capability("processor", name, null, input, [SignalType.Alert], stream => NewGroup().NewWorker(stream))
        {
            Settings = [$"{RuleDefinition.Setting}.*"],
            Lane = name,
            NewGroup = NewGroup,
        };
    });
}
