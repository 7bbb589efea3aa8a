using NATS.Client.Core;

namespace SignalStream.Gateway.Api;

/// <summary>What endpoints have in common that keep what they are sent in nats-server.</summary>
internal static class Writing
{
    private const int MostBytes = 4096;

    public static string TooLong { get; } = $"the body has more than {MostBytes} bytes.";

    /// <summary>The body; null when it is too long.</summary>
    public static async Task<byte[]?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = new byte[MostBytes + 1];
        var read = await request.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken);
        return read > MostBytes ? null : body[..read];
    }

    public static async Task<IResult> AskAsync(Func<Task<IResult>> ask)
    {
        try
        {
            return await ask();
        }
        catch (NatsException exception)
        {
            return TypedResults.Problem($"nats-server cannot be asked: {exception.Message}", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
