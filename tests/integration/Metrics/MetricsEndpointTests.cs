using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Prometheus;

namespace SignalStream.IntegrationTests.Standins;

public sealed class MetricsEndpointTests : IAsyncLifetime
{
    private const string PrometheusAccept =
        "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2";

    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private WebApplication? _app;

    public async Task InitializeAsync()
    {
        Metrics.WithCustomRegistry(_registry).CreateCounter("frames_total", "Frames.").Inc(2);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapMetrics(registry: _registry);
        _app.MapMetrics(settings => (settings.Registry, settings.EnableOpenMetrics) = (_registry, false), "/plain");
        await _app.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_app is not null)
            await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("/metrics", null, false)]
    [InlineData("/metrics", "*/*", false)]
    [InlineData("/metrics", "text/html,application/xhtml+xml,*/*;q=0.8", false)]
    [InlineData("/metrics", "no media type", false)]
    [InlineData("/metrics", "application/openmetrics-text;version=1.0.0", true)]
    [InlineData("/metrics", PrometheusAccept, true)]
    [InlineData("/metrics", "application/openmetrics-text;q=0.2,text/plain;q=0.3", false)]
    [InlineData("/metrics", "application/openmetrics-text;q=0", false)]
    [InlineData("/plain", PrometheusAccept, false)]
    public async Task MapMetrics_Accept_ChoosesTheFormat(string path, string? accept, bool openMetrics)
    {
        using var response = await Scrape(path, accept);
        var text = await response.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(
            openMetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8" : "text/plain; version=0.0.4; charset=utf-8",
            response.Content.Headers.ContentType?.ToString());
        Assert.Equal(
            openMetrics
                ? "# HELP frames Frames.\n# TYPE frames counter\nframes_total 2.0\n# EOF\n"
                : "# HELP frames_total Frames.\n# TYPE frames_total counter\nframes_total 2\n",
            text);
    }

    [Fact]
    public async Task MapMetrics_ScrapeFailed_Answers503WithTheReason()
    {
        _registry.AddBeforeCollectCallback(() => throw new ScrapeFailedException("no data yet"));

        using var response = await Scrape("/metrics", null);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal("no data yet", await response.Content.ReadAsStringAsync());
    }

    private async Task<HttpResponseMessage> Scrape(string path, string? accept)
    {
        using var client = new HttpClient { BaseAddress = new Uri(_app!.Urls.Single()) };
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null)
            request.Headers.TryAddWithoutValidation("Accept", accept);
        return await client.SendAsync(request);
    }
}
