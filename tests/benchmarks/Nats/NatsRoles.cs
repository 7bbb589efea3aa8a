using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;

namespace SignalStream.Benchmarks.Nats;

/// <summary>What one round of one role came to.</summary>
/// <param name="Messages">Sent or received.</param>
/// <param name="CpuSeconds">Of this process, user and system.</param>
/// <param name="WallSeconds">From the first to the last.</param>
/// <param name="P50Micros">Of requests; else 0.</param>
/// <param name="P99Micros">Of requests; else 0.</param>
internal sealed record RoleResult(long Messages, double CpuSeconds, double WallSeconds, double P50Micros = 0, double P99Micros = 0);

/// <summary>Each role runs in a process of its own, says READY on its standard output where others wait for it, and ends with its result.</summary>
/// <remarks>As many messages as are measured go before, unmeasured: a service runs for days, the compiler warms up for seconds.</remarks>
internal static class NatsRoles
{
    public const string Subject = "bench.a";
    private const string Stream = "BENCH";
    private const int InFlight = 256;

    public static async Task<int> RunAsync(string[] args)
    {
        var (role, server) = (args[0], new Uri(args[1]));
        var size = int.Parse(args[2], CultureInfo.InvariantCulture);
        var count = long.Parse(args[3], CultureInfo.InvariantCulture);
        var payload = new byte[size];
        Random.Shared.NextBytes(payload);
        var result = role switch
        {
            "bare-publish" => BarePublish(server, payload, count),
            "bare-receive" => BareReceive(server, count),
            "publish" => await PublishAsync(server, payload, count),
            "receive-memory" => await ReceiveMemoryAsync(server, count),
            "receive-bytes" => await ReceiveBytesAsync(server, count),
            "reply" => await ReplyAsync(server),
            "request" => await RequestAsync(server, payload, count),
            "js-publish" => await JetStreamPublishAsync(server, payload, count),
            "js-consume" => await JetStreamConsumeAsync(server, count),
            _ => throw new ArgumentException($"No role {role}."),
        };
        Console.WriteLine(JsonSerializer.Serialize(result));
        return 0;
    }

    private static RoleResult BarePublish(Uri server, byte[] payload, long count)
    {
        BareLoop.Publish(server, "bench.warm", payload, count);
        var meter = Meter.Start();
        BareLoop.Publish(server, Subject, payload, count);
        return meter.Result(count);
    }

    private static RoleResult BareReceive(Uri server, long count)
    {
        Meter? meter = null;
        BareLoop.Receive(server, Subject, 2 * count, Ready, seen => meter ??= seen >= count ? Meter.Start() : null);
        return meter!.Result(count);
    }

    private static async Task<RoleResult> PublishAsync(Uri server, byte[] payload, long count)
    {
        await using var nats = Connection(server);
        await PublishAsync(nats, "bench.warm", payload, count);
        var meter = Meter.Start();
        await PublishAsync(nats, Subject, payload, count);
        return meter.Result(count);
    }

    private static async Task PublishAsync(NatsConnection nats, string subject, ReadOnlyMemory<byte> payload, long count)
    {
        for (long i = 0; i < count; i++)
            await nats.PublishAsync(subject, payload);
        await nats.PingAsync();
    }

    private static async Task<RoleResult> ReceiveMemoryAsync(Uri server, long count)
    {
        await using var nats = Connection(server);
        await using var subscription = await nats.SubscribeCoreAsync<NatsMemoryOwner<byte>>(Subject, opts: Waiting());
        await nats.PingAsync();
        Ready();
        Meter? meter = null;
        for (long seen = 0; seen < 2 * count;)
        {
            await subscription.Msgs.WaitToReadAsync();
            if (seen >= count)
                meter ??= Meter.Start();
            while (subscription.Msgs.TryRead(out var message))
            {
                seen++;
                message.Data.Dispose();
            }
        }

        return meter!.Result(count);
    }

    private static async Task<RoleResult> ReceiveBytesAsync(Uri server, long count)
    {
        await using var nats = Connection(server);
        await using var subscription = await nats.SubscribeCoreAsync<byte[]>(Subject, opts: Waiting());
        await nats.PingAsync();
        Ready();
        Meter? meter = null;
        for (long seen = 0; seen < 2 * count;)
        {
            await subscription.Msgs.WaitToReadAsync();
            if (seen >= count)
                meter ??= Meter.Start();
            while (subscription.Msgs.TryRead(out _))
                seen++;
        }

        return meter!.Result(count);
    }

    private static async Task<RoleResult> ReplyAsync(Uri server)
    {
        await using var nats = Connection(server);
        await using var subscription = await nats.SubscribeCoreAsync<byte[]>(Subject);
        await nats.PingAsync();
        Ready();
        long answered = 0;
        await foreach (var request in subscription.Msgs.ReadAllAsync())
        {
            if (request.Data is not { Length: > 0 })
                break;
            await request.ReplyAsync(request.Data);
            answered++;
        }

        return new RoleResult(answered, 0, 0);
    }

    private static async Task<RoleResult> RequestAsync(Uri server, byte[] payload, long count)
    {
        await using var nats = Connection(server);
        var micros = new double[count];
        for (var i = 0; i < 2000; i++)
            await nats.RequestAsync<byte[], byte[]>(Subject, payload);
        var meter = Meter.Start();
        for (long i = 0; i < count; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await nats.RequestAsync<byte[], byte[]>(Subject, payload);
            micros[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
        }

        var result = meter.Result(count);
        await nats.PublishAsync(Subject);
        await nats.PingAsync();
        Array.Sort(micros);
        return result with { P50Micros = micros[count / 2], P99Micros = micros[(long)(count * 0.99)] };
    }

    private static async Task<RoleResult> JetStreamPublishAsync(Uri server, byte[] payload, long count)
    {
        await using var nats = Connection(server);
        var stream = new NatsJSContext(nats);
        await stream.CreateOrUpdateStreamAsync(new StreamConfig(Stream, ["js.>"]) { Storage = StreamConfigStorage.Memory, MaxMsgs = 2_000_000 });
        await JetStreamPublishAsync(stream, payload, count);
        var meter = Meter.Start();
        await JetStreamPublishAsync(stream, payload, count);
        return meter.Result(count);
    }

    private static async Task JetStreamPublishAsync(NatsJSContext stream, byte[] payload, long count)
    {
        var underWay = new NatsJSPublishConcurrentFuture[InFlight];
        for (long i = 0; i < count + InFlight; i++)
        {
            if (i >= InFlight)
            {
                await using var oldest = underWay[i % InFlight];
                (await oldest.GetResponseAsync()).EnsureSuccess();
            }

            if (i < count)
                underWay[i % InFlight] = await stream.PublishConcurrentAsync("js.a", payload);
        }
    }

    private static async Task<RoleResult> JetStreamConsumeAsync(Uri server, long count)
    {
        await using var nats = Connection(server);
        var consumer = await new NatsJSContext(nats).CreateOrderedConsumerAsync(Stream);
        Meter? meter = null;
        long seen = 0;
        await foreach (var message in consumer.ConsumeAsync<NatsMemoryOwner<byte>>(opts: new NatsJSConsumeOpts { MaxMsgs = 10_000 }))
        {
            message.Data.Dispose();
            if (++seen == count)
                meter = Meter.Start();
            if (seen == 2 * count)
                break;
        }

        return meter!.Result(count);
    }

    /// <remarks>A message that is dropped will not be waited for: the round is void.</remarks>
    private static NatsConnection Connection(Uri server)
    {
        var nats = new NatsConnection(NatsOpts.Default with { Url = server.ToString() });
        nats.MessageDropped += (_, _) =>
        {
            Console.Error.WriteLine("The receiver lagged so far behind that messages were dropped.");
            Environment.Exit(1);
            return ValueTask.CompletedTask;
        };
        return nats;
    }

    private static NatsSubOpts Waiting() => new() { ChannelOpts = new NatsSubChannelOpts { FullMode = BoundedChannelFullMode.Wait } };

    private static void Ready() => Console.WriteLine("READY");

    /// <summary>CPU and wall time from a moment on.</summary>
    private sealed class Meter
    {
        private readonly TimeSpan _cpu = Environment.CpuUsage.TotalTime;
        private readonly long _started = Stopwatch.GetTimestamp();

        public static Meter Start() => new();

        public RoleResult Result(long messages) => new(
            messages, (Environment.CpuUsage.TotalTime - _cpu).TotalSeconds, Stopwatch.GetElapsedTime(_started).TotalSeconds);
    }
}
