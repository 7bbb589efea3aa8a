using Microsoft.AspNetCore.HttpOverrides;
using SignalStream.Hosting;

namespace SignalStream.Gateway.Security;

internal static class SecurityRegistration
{
    /// <summary>Who is who: a client's address through trusted proxies, and which pages may connect.</summary>
    public static WebApplicationBuilder AddSecurity(this WebApplicationBuilder builder)
    {
        builder.Services.AddCheckedOptions<GatewayOptions, GatewayOptionsValidator>("Gateway");
        builder.Services.AddSingleton<OriginPolicy>();
        builder.Services.AddOptions<ForwardedHeadersOptions>().Configure<GatewayOptions>((forwarded, options) =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor;
            forwarded.ForwardLimit = null; // As far back as each hop is trusted.
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var proxy in options.TrustedProxies)
            {
                if (GatewayOptions.TryParse(proxy, out var network))
                    forwarded.KnownIPNetworks.Add(network);
            }
        });
        return builder;
    }

    /// <summary>Before anything that asks for an address.</summary>
    public static WebApplication UseClientAddresses(this WebApplication app)
    {
        // With nobody to trust, the middleware would trust everybody.
        if (app.Services.GetRequiredService<GatewayOptions>().TrustedProxies.Count > 0)
            app.UseForwardedHeaders();
        return app;
    }
}
