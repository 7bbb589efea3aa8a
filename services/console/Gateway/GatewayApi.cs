using System.Text.Json;

namespace SignalStream.Terminal.Gateway;

/// <summary>A gateway's REST endpoints.</summary>
internal sealed class GatewayApi(GatewayAddress address) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address.Http, Timeout = TimeSpan.FromSeconds(10) };

    /// <param name="path">Below <c>/api/v1/</c>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ConsoleFailure">It cannot be reached, or refuses.</exception>
    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _http.GetAsync(new Uri("api/v1/" + path, UriKind.Relative), cancellationToken);
            var text = await answer.Content.ReadAsStringAsync(cancellationToken);
            return answer.IsSuccessStatusCode
                ? JsonDocument.Parse(text).RootElement
                : throw new ConsoleFailure(ExitCode.Refused, $"{address} refused {path}: {(int)answer.StatusCode} {Detail(text)}".TrimEnd());
        }
        catch (HttpRequestException exception)
        {
            throw new ConsoleFailure(ExitCode.Unreachable, $"{address} cannot be reached: {exception.Message}", exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ConsoleFailure(ExitCode.Unreachable, $"{address} did not answer within {_http.Timeout.TotalSeconds} s.", exception);
        }
        catch (JsonException exception)
        {
            throw new ConsoleFailure(ExitCode.Refused, $"{address} is no gateway of SignalStream: {path} is not JSON.", exception);
        }
    }

    public void Dispose() => _http.Dispose();

    private static string Detail(string problem)
    {
        try
        {
            using var json = JsonDocument.Parse(problem);
            return json.RootElement.TryGetProperty("detail", out var detail) ? detail.GetString() ?? "" : "";
        }
        catch (JsonException)
        {
            return ""; // The status says enough.
        }
    }
}
