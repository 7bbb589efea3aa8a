using System.Text.Json;
using NATS.Client.Core;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.EndToEnd;

/// <summary>What each service owes its operator.</summary>
[Collection(nameof(EndToEndGroup))]
public sealed class OperationsTests
{
    private static readonly string[] Names = ["producer", "processor", "predictor", "gateway"];

    [SkippableFact]
    public async Task Metrics_OfEveryService_PassPromtoolWithoutAWord()
    {
        var promtool = Requirement.Promtool();
        await using var system = await RunningSystem.StartAsync();
        foreach (var name in Names)
        {
            var service = await system.AddAsync(name);
            var (ok, text) = await service.GetAsync("/metrics");
            Assert.True(ok);
            Assert.Contains("process_cpu_seconds_total", text, StringComparison.Ordinal);
            Assert.Equal((0, ""), await CheckAsync(promtool, text));
        }
    }

    [SkippableFact]
    public async Task Replicas_AskedAsNatsMicroDoes_NameThemselves()
    {
        await using var system = await RunningSystem.StartAsync();
        foreach (var name in Names)
            await system.AddAsync(name);
        await using var nats = new NatsConnection(system.Nats.ClientOptions);
        var answers = new List<string>();
        // The responders subscribe a moment after the service is ready.
        await Eventually.TrueAsync(async () => (answers = await PingAsync(nats)).Count == Names.Length);
        Assert.Equal(Names.Select(n => $"signalstream-{n}").Order(), answers.Order());
    }

    [SkippableFact]
    public async Task Partition_AsTheServersMappingComputesIt_IsOurs()
    {
        await using var system = await RunningSystem.StartAsync();
        await using var nats = new NatsConnection(system.Nats.ClientOptions);
        await using var all = await nats.SubscribeCoreAsync<byte[]>("signal.wave.>");
        for (var i = 0; i < 200; i++)
        {
            var stream = new StreamId(i % 2 == 0 ? "ecg" : "net", $"s-{i * 7919}");
            await nats.PublishAsync($"signal.in.wave.{stream.Kind}.{stream.Id}", new byte[] { 1 });
            var message = await all.Msgs.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
            Assert.Equal(Subjects.Of(SignalType.Wave, stream), message.Subject);
        }
    }

    private static async Task<List<string>> PingAsync(NatsConnection nats)
    {
        var inbox = nats.NewInbox();
        await using var replies = await nats.SubscribeCoreAsync<string>(inbox);
        await nats.PublishAsync("$SRV.PING", replyTo: inbox);
        await nats.PingAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var names = new List<string>();
        try
        {
            while (names.Count < Names.Length)
            {
                var reply = await replies.Msgs.ReadAsync(patience.Token);
                names.Add(JsonDocument.Parse(reply.Data!).RootElement.GetProperty("name").GetString()!);
            }
        }
        catch (OperationCanceledException)
        {
            // Fewer than all: asked again.
        }

        return names;
    }

    private static async Task<(int ExitCode, string Output)> CheckAsync(string promtool, string text)
    {
        var start = new System.Diagnostics.ProcessStartInfo(promtool, ["check", "metrics"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = System.Diagnostics.Process.Start(start)!;
        await process.StandardInput.WriteAsync(text);
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync() + await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}
