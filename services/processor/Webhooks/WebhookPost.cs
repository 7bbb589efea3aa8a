using System.Net;
using System.Net.Http.Headers;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace SignalStream.Processor.Webhooks;

/// <summary>Brings one receiver what it is to have, however long that takes.</summary>
/// <remarks>
/// Repeated until it is taken, ever more slowly, with jitter; a receiver that fails ten times in a row is left alone for a while. Only
/// what is refused for what it is (400, 413, 415, 422) is passed over: sent again, it would be refused again.
/// </remarks>
internal sealed class WebhookPost : IDisposable
{
    private readonly ReceiverOptions _receiver;
    private readonly WebhookMetrics _metrics;
    private readonly ILogger _log;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline<HttpStatusCode> _pipeline;
    private readonly TimeProvider _time;
    private bool _isFailing;

    public WebhookPost(ReceiverOptions receiver, WebhookMetrics metrics, TimeProvider time, ILogger log)
    {
        (_receiver, _metrics, _time, _log) = (receiver, metrics, time, log);
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5), MaxConnectionsPerServer = 2 })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _pipeline = Build();
    }

    /// <summary>Ends when the receiver has taken it, or refused it for what it is.</summary>
    /// <returns>Whether it has taken it.</returns>
    public async Task<bool> SendAsync(byte[] notice, int alerts, CancellationToken cancellationToken)
    {
        var status = await _pipeline.ExecuteAsync(async stop => await PostAsync(notice, stop), cancellationToken);
        if (IsTaken(status))
        {
            _metrics.Delivered(_receiver.Name, alerts);
            if (_isFailing)
                _log.DeliveryResumed(_receiver.Name);
            _isFailing = false;
            return true;
        }

        _metrics.Failed(_receiver.Name, alerts);
        _log.DeliveryRefused(_receiver.Name, (int)status, alerts);
        return false;
    }

    public void Dispose() => _http.Dispose();

    internal static bool IsTaken(HttpStatusCode status) => (int)status is >= 200 and < 300;

    internal static bool IsRefused(HttpStatusCode status) =>
        status is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnsupportedMediaType or HttpStatusCode.UnprocessableEntity;

    private async Task<HttpStatusCode> PostAsync(byte[] notice, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _receiver.Url) { Content = new ByteArrayContent(notice) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        if (_receiver.Token is { Length: > 0 } token)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        // What it answers besides the status is not read: it may never end.
        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return answer.StatusCode;
    }

    private ResiliencePipeline<HttpStatusCode> Build() => new ResiliencePipelineBuilder<HttpStatusCode> { TimeProvider = _time }
        .AddRetry(new RetryStrategyOptions<HttpStatusCode>
        {
            ShouldHandle = args => ValueTask.FromResult(IsFailure(args.Outcome) || args.Outcome.Exception is BrokenCircuitException),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = TimeSpan.FromSeconds(_receiver.RetrySeconds),
            MaxDelay = TimeSpan.FromSeconds(_receiver.LongestRetrySeconds),
            OnRetry = args =>
            {
                _metrics.Retried(_receiver.Name, WordOf(args.Outcome));
                // Told once, until it is taken again.
                if (!_isFailing)
                    _log.DeliveryFailed(_receiver.Name, ReasonOf(args.Outcome));
                _isFailing = true;
                return ValueTask.CompletedTask;
            },
        })
        .AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpStatusCode>
        {
            ShouldHandle = args => ValueTask.FromResult(IsFailure(args.Outcome)),
            FailureRatio = 1,
            MinimumThroughput = 10,
            SamplingDuration = TimeSpan.FromMinutes(10),
            BreakDuration = TimeSpan.FromSeconds(_receiver.BreakSeconds),
        })
        .AddTimeout(new TimeoutStrategyOptions { Timeout = TimeSpan.FromSeconds(_receiver.TimeoutSeconds) })
        .Build();

    private static bool IsFailure(Outcome<HttpStatusCode> outcome) => outcome.Exception is { } exception
        ? exception is HttpRequestException or TimeoutRejectedException or IOException
        : !IsTaken(outcome.Result) && !IsRefused(outcome.Result);

    private static string WordOf(Outcome<HttpStatusCode> outcome) => outcome.Exception switch
    {
        TimeoutRejectedException => "timeout",
        BrokenCircuitException => "circuit_open",
        null => "bad_status",
        _ => "no_connection",
    };

    private string ReasonOf(Outcome<HttpStatusCode> outcome) => outcome.Exception switch
    {
        TimeoutRejectedException => FormattableString.Invariant($"no answer within {_receiver.TimeoutSeconds} s"),
        null => $"status {(int)outcome.Result}",
        { } exception => exception.Message,
    };
}
