using System.Text.Json;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace SignalStream.Producer.Market;

/// <summary>How an endpoint is asked that may be slow, wrong, or away: time-out, retries with jitter, and a circuit breaker for all symbols.</summary>
internal static class QuotePipeline
{
    private const int MostAnswerBytes = 1 << 20;

    public static ResiliencePipeline<JsonDocument> Build(QuoteOptions options, TimeProvider time) =>
        new ResiliencePipelineBuilder<JsonDocument> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<JsonDocument>
            {
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is { } e && IsFailure(e)),
                MaxRetryAttempts = options.Retries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = TimeSpan.FromSeconds(options.RetryDelaySeconds),
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<JsonDocument>
            {
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is { } e && IsFailure(e)),
                FailureRatio = 0.5,
                MinimumThroughput = 10,
                SamplingDuration = TimeSpan.FromMinutes(1),
                BreakDuration = TimeSpan.FromSeconds(options.BreakSeconds),
            })
            .AddTimeout(new TimeoutStrategyOptions { Timeout = TimeSpan.FromSeconds(options.TimeoutSeconds) })
            .Build();

    /// <summary>The pipeline has the time-out; an answer above a megabyte is none.</summary>
    public static HttpClient Client() => new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = MostAnswerBytes,
    };

    /// <summary>What the endpoint or the way there does wrong, as against being told to stop.</summary>
    public static bool IsFailure(Exception exception) =>
        exception is HttpRequestException or JsonException or TimeoutRejectedException or IOException;

    /// <summary>For a metric's label.</summary>
    public static string WordOf(Exception exception) => exception switch
    {
        TimeoutRejectedException => "timeout",
        BrokenCircuitException => "circuit_open",
        JsonException => "bad_answer",
        HttpRequestException { StatusCode: not null } => "bad_status",
        _ => "no_connection",
    };
}
