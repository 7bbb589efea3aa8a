using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Prometheus;

/// <summary>Answers a scrape with the registry's metrics.</summary>
public sealed class MetricServerMiddleware
{
    private readonly CollectorRegistry _registry;
    private readonly bool _openMetrics;

    /// <summary>The next delegate is never called: the middleware sits at a path of its own.</summary>
    public MetricServerMiddleware(RequestDelegate next, Settings settings)
    {
        _registry = settings.Registry ?? Metrics.DefaultRegistry;
        _openMetrics = settings.EnableOpenMetrics;
    }

    public async Task Invoke(HttpContext context)
    {
        var format = Negotiate(context.Request.Headers.Accept);
        try
        {
            var document = await _registry.CollectAsync(format, context.RequestAborted);
            context.Response.ContentType = ContentTypes.Of(format);
            context.Response.ContentLength = document.Length;
            await context.Response.Body.WriteAsync(document, context.RequestAborted);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The scraper has gone; there is nobody to answer.
        }
        catch (ScrapeFailedException exception)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await context.Response.WriteAsync(exception.Message, context.RequestAborted);
        }
    }

    /// <summary>OpenMetrics for who asks for it by name and likes it at least as well; text for everybody else.</summary>
    private ExpositionFormat Negotiate(StringValues accept)
    {
        if (!_openMetrics || !MediaTypeHeaderValue.TryParseList(accept, out var accepted))
            return ExpositionFormat.PrometheusText;

        double openMetrics = 0, text = 0;
        foreach (var type in accepted)
        {
            var quality = type.Quality ?? 1;
            if (type.MediaType.Equals("application/openmetrics-text", StringComparison.OrdinalIgnoreCase))
                openMetrics = Math.Max(openMetrics, quality);
            else if (type.MatchesMediaType("text/plain"))
                text = Math.Max(text, quality);
        }

        return openMetrics > 0 && openMetrics >= text ? ExpositionFormat.OpenMetricsText : ExpositionFormat.PrometheusText;
    }

    public sealed class Settings
    {
        public CollectorRegistry? Registry { get; set; }

        public bool EnableOpenMetrics { get; set; } = true;
    }
}
