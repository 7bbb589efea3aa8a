using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NATS.Client.Core;

namespace SignalStream.Benchmarks.Relay;

/// <summary>What one would write in ASP.NET Core instead: SignalR with groups, or a channel a client and <c>SendAsync</c> a frame.</summary>
internal static class PeerServers
{
    public static async Task<int> RunAsync(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder([.. args.Skip(2), "--Urls=http://127.0.0.1:0"]);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(new BusTopics(args[1]));
        builder.Services.AddSignalR(options => options.ClientTimeoutInterval = TimeSpan.FromHours(1));
        await using var app = builder.Build();
        app.UseWebSockets();
        if (args[0] == "signalr")
            app.MapHub<FrameHub>("/hub");
        else
            app.Map("/", ServeAsync);
        await app.StartAsync();
        Console.WriteLine(app.Urls.Single());
        await app.WaitForShutdownAsync();
        return 0;
    }

    private static async Task ServeAsync(HttpContext context)
    {
        var topics = context.RequestServices.GetRequiredService<BusTopics>();
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var frames = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        var left = topics.Join(context.Request.Query["streams"].ToString().Split(','), frame => frames.Writer.TryWrite(frame));
        var reading = ReadToEndAsync(socket, frames.Writer);
        try
        {
            await foreach (var frame in frames.Reader.ReadAllAsync())
                await socket.SendAsync(frame, WebSocketMessageType.Binary, true, default);
        }
        catch (WebSocketException)
        {
            // Gone.
        }
        finally
        {
            left();
            await reading;
        }
    }

    private static async Task ReadToEndAsync(WebSocket socket, ChannelWriter<byte[]> frames)
    {
        try
        {
            while ((await socket.ReceiveAsync(new byte[256], default)).MessageType != WebSocketMessageType.Close)
            {
            }
        }
        catch (WebSocketException)
        {
            // Cut.
        }
        finally
        {
            frames.TryComplete();
        }
    }
}

/// <summary>A subject for everyone who asks for it, left with the last.</summary>
internal sealed class BusTopics(string natsUrl) : IAsyncDisposable
{
    private readonly NatsConnection _bus = new(NatsOpts.Default with { Url = natsUrl });
    private readonly ConcurrentDictionary<string, Topic> _topics = new();

    private sealed class Topic
    {
        public Action<byte[]>[] Takers = [];
        public CancellationTokenSource? Stop;
    }

    public ValueTask DisposeAsync() => _bus.DisposeAsync();

    /// <returns>Leaves again.</returns>
    public Action Join(IReadOnlyList<string> subjects, Action<byte[]> taker)
    {
        foreach (var subject in subjects)
        {
            var topic = _topics.GetOrAdd(subject, _ => new Topic());
            lock (topic)
            {
                topic.Takers = [.. topic.Takers, taker];
                if (topic.Stop is null)
                    _ = ReadAsync(subject, topic, (topic.Stop = new CancellationTokenSource()).Token);
            }
        }

        return () => Leave(subjects, taker);
    }

    private void Leave(IReadOnlyList<string> subjects, Action<byte[]> taker)
    {
        foreach (var topic in subjects.Select(s => _topics[s]))
        {
            lock (topic)
            {
                topic.Takers = [.. topic.Takers.Where(t => t != taker)];
                if (topic.Takers.Length > 0)
                    continue;
                topic.Stop?.Cancel();
                topic.Stop = null;
            }
        }
    }

    private async Task ReadAsync(string subject, Topic topic, CancellationToken stop)
    {
        try
        {
            await foreach (var message in _bus.SubscribeAsync<byte[]>(subject, cancellationToken: stop))
            {
                foreach (var taker in Volatile.Read(ref topic.Takers))
                    taker(message.Data!);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody is left.
        }
    }
}

/// <summary>SignalR's way: a group a stream.</summary>
internal sealed class FrameHub(BusTopics topics, IHubContext<FrameHub> hub) : Hub
{
    private static readonly ConcurrentDictionary<string, byte> Joined = new();

    public async Task Join(string subject)
    {
        await Groups.AddToGroupAsync(Context.ConnectionId, subject);
        if (Joined.TryAdd(subject, 0))
            topics.Join([subject], frame => _ = hub.Clients.Group(subject).SendAsync("frame", frame));
    }
}
