using System.Runtime.CompilerServices;
using System.Text.Json;
using SignalStream.Terminal.Events;

namespace SignalStream.Terminal.Gateway;

/// <param name="Patterns">Which streams.</param>
/// <param name="HasWaves">Samples too.</param>
/// <param name="HasReadings">Each probe of a network target too.</param>
/// <param name="Retries">Failed attempts in a row after which it gives up; 0 for never.</param>
internal sealed record FeedOptions(IReadOnlyList<StreamPattern> Patterns, bool HasWaves, bool HasReadings, int Retries);

/// <summary>Streams of a gateway, over as many connections as it takes.</summary>
internal sealed class LiveFeed(GatewayAddress address, FeedOptions options, TimeProvider time)
{
    private readonly Backoff _backoff = new(Random.Shared.NextDouble);
    private readonly Progress _progress = new(time);
    private bool _wasConnected;
    private int _failures;

    /// <exception cref="ConsoleFailure">The first connection failed, the gateway refuses, or the retries are used up.</exception>
    public async IAsyncEnumerable<FeedMessage> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var subscriptions = await SubscriptionsAsync(cancellationToken);
        while (true)
        {
            using var connection = new GatewayConnection();
            if (await connection.OpenAsync(address, Command(subscriptions), time, cancellationToken))
            {
                while (await connection.NextAsync(cancellationToken) is { } message)
                {
                    if (IsRefusal(message, out var reason))
                    {
                        if (!_wasConnected)
                            throw new ConsoleFailure(ExitCode.Refused, $"{address} refused: {reason}");
                        break; // A gateway that has just come up may not know its streams yet.
                    }

                    foreach (var told in Tell(message))
                        yield return told;
                }
            }

            var retryIn = NextAttempt(connection.Ended);
            yield return new ConnectionLost(connection.Ended, retryIn);
            await Task.Delay(retryIn, time, cancellationToken);
        }
    }

    private IEnumerable<FeedMessage> Tell(JsonElement message)
    {
        switch (message.GetProperty("type").GetString())
        {
            case "subscribed":
                yield return new Connected(_wasConnected);
                _progress.Begin();
                (_wasConnected, _failures) = (true, 0);
                foreach (var stream in message.GetProperty("streams").EnumerateArray().Where(IsWanted))
                    yield return Known(stream);
                break;
            case "stream" when IsWanted(message.GetProperty("stream")):
                yield return Known(message.GetProperty("stream"));
                break;
            case var _:
                foreach (var happened in EventReader.Read(message).Where(e => IsWanted(e.Stream) && _progress.IsNew(e)))
                    yield return new Happened(happened);
                break;
        }
    }

    private TimeSpan NextAttempt(string reason)
    {
        if (!_wasConnected)
            throw new ConsoleFailure(ExitCode.Unreachable, $"{address} cannot be reached: {reason}");
        if (++_failures > options.Retries && options.Retries > 0)
            throw new ConsoleFailure(ExitCode.Unreachable, $"{address} is gone, and {options.Retries} attempts failed: {reason}");
        _progress.Interrupt();
        return _backoff.After(_failures);
    }

    /// <summary>A gateway has no pattern for streams of all kinds: they are asked for kind by kind.</summary>
    private async Task<string[]> SubscriptionsAsync(CancellationToken cancellationToken)
    {
        var named = options.Patterns.Select(p => p.Subscription).OfType<string>();
        if (options.Patterns.All(p => p.Subscription is not null))
            return [.. named.Distinct()];
        using var api = new GatewayApi(address);
        var catalog = await api.GetAsync("streams", cancellationToken);
        var kinds = catalog.GetProperty("streams").EnumerateArray().Select(s => s.GetProperty("stream").GetString()!.Split('.')[0]);
        return [.. kinds.Concat(["ecg", "net", "market"]).Select(kind => kind + ".*").Concat(named).Distinct()];
    }

    private byte[] Command(string[] subscriptions)
    {
        var command = new Dictionary<string, object>
        {
            ["cmd"] = "subscribe",
            ["id"] = 1,
            ["streams"] = subscriptions,
            ["types"] = Types().ToArray(),
        };
        if (options.HasWaves && _progress.Waves() is { Count: > 0 } from)
            command["from"] = from;
        if (_progress.After() is { Count: > 0 } after)
            command["after"] = after;
        return JsonSerializer.SerializeToUtf8Bytes(command);
    }

    private IEnumerable<string> Types()
    {
        if (options.HasWaves)
            yield return "wave";
        if (options.HasReadings)
            yield return "reading";
        foreach (var type in (string[])["finding", "forecast", "alert"])
            yield return type;
    }

    private bool IsWanted(JsonElement stream) => IsWanted(stream.GetProperty("stream").GetString()!);

    private bool IsWanted(string stream) => options.Patterns.Any(p => p.Matches(stream));

    private static bool IsRefusal(JsonElement message, out string reason)
    {
        var isRefusal = message.GetProperty("type").GetString() == "error" && message.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.Number;
        reason = isRefusal ? message.GetProperty("message").GetString()! : "";
        return isRefusal;
    }

    private static StreamKnown Known(JsonElement stream) => new(
        stream.GetProperty("stream").GetString()!, stream.GetProperty("label").GetString() ?? "",
        stream.GetProperty("life").GetString()!, stream.GetProperty("simulated").GetBoolean());
}
