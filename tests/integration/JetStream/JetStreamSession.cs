using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.JetStream;

/// <summary>A connection to a server of the test, with JetStream, and a time limit for everything the test awaits.</summary>
internal sealed class JetStreamSession : IAsyncDisposable
{
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromMinutes(1));

    public JetStreamSession(NatsServer server)
        : this(server.ClientOptions)
    {
    }

    public JetStreamSession(NatsOpts options)
    {
        Connection = new NatsConnection(options);
        Context = new NatsJSContext(Connection);
    }

    public NatsConnection Connection { get; }

    public NatsJSContext Context { get; }

    /// <summary>Ends the test's waiting, so that what never comes is a failure and not a hang.</summary>
    public CancellationToken Deadline => _deadline.Token;

    /// <summary>A stream of this test alone, on the subjects <c>NAME.&gt;</c>.</summary>
    public async Task<INatsJSStream> NewStreamAsync(Func<StreamConfig, StreamConfig>? change = null)
    {
        var name = $"T{Guid.NewGuid():N}";
        var config = new StreamConfig(name, [$"{name}.>"]);
        return await Context.CreateStreamAsync(change?.Invoke(config) ?? config, Deadline);
    }

    /// <summary>Publishes the numbers and returns once all of them are in the stream.</summary>
    public async Task PublishAsync(string subject, IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
            (await Context.PublishAsync(subject, number, cancellationToken: Deadline)).EnsureSuccess();
    }

    /// <summary>Publishes until it succeeds: with an id, a message whose acknowledgement was lost is stored once all the same.</summary>
    public async Task PublishSurelyAsync(string subject, int number)
    {
        var opts = new NatsJSPubOpts { MsgId = $"{subject}-{number}" };
        while (true)
        {
            var result = await Context.TryPublishAsync(subject, number, opts: opts, cancellationToken: Deadline);
            if (result.Success && result.Value.Error is null)
                return;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync();
        _deadline.Dispose();
    }
}

internal static class Messages
{
    public static async Task<List<T>> TakeAsync<T>(this IAsyncEnumerable<T> source, int count)
    {
        var taken = new List<T>();
        if (count == 0)
            return taken;
        await foreach (var item in source)
        {
            taken.Add(item);
            if (taken.Count == count)
                break;
        }

        return taken;
    }

    public static async Task<List<int>> NumbersAsync(this IAsyncEnumerable<INatsJSMsg<int>> source, int count) =>
        [.. (await source.TakeAsync(count)).Select(msg => msg.Data)];
}
