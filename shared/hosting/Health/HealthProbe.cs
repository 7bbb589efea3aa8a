using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace SignalStream.Hosting.Health;

/// <summary>Asks a service that runs with the same configuration whether it is ready: container images have no curl.</summary>
internal static class HealthProbe
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync(IConfiguration configuration)
    {
        var address = AddressOf(configuration);
        using var client = new HttpClient { Timeout = Patience };
        try
        {
            using var answer = await client.GetAsync(new Uri(address, "/health/ready"));
            if (answer.IsSuccessStatusCode)
                return 0;
            await Console.Error.WriteLineAsync($"{address} answers {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"{address} does not answer: {exception.Message}");
        }

        return 1;
    }

    private static Uri AddressOf(IConfiguration configuration)
    {
        var url = configuration["Urls"]?.Split(';')[0];
        if (string.IsNullOrEmpty(url))
            url = $"http://*:{configuration["HTTP_PORTS"]?.Split(';')[0] ?? "8080"}";
        var binding = BindingAddress.Parse(url);
        return new UriBuilder(binding.Scheme, "127.0.0.1", binding.Port).Uri;
    }
}
