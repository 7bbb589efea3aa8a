using SignalStream.Hosting;

namespace SignalStream.Producer.Probes;

internal static class ProbeRegistration
{
    /// <summary>To be called after <c>AddPacing</c>, which keeps the catalog's lease.</summary>
    public static WebApplicationBuilder AddProbes(this WebApplicationBuilder builder)
    {
        builder.Services.AddCheckedOptions<ProbeOptions, ProbeOptionsValidator>("Probes");
        builder.Services.AddSingleton<ProbeMetrics>();
        builder.Services.AddSingleton<TargetBook>();
        builder.Services.AddSingleton<LookupQueue>();
        builder.Services.AddHostedService<ProbeProduction>();
        return builder;
    }
}
