using System.Runtime.InteropServices;
using NATS.Client.Core;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.EndToEnd;

/// <summary>Each gets a clear error, is counted, and stops nothing else.</summary>
[Collection(nameof(EndToEndGroup))]
public sealed class BadInputTests
{
    [SkippableTheory]
    [InlineData("producer", "--Ecg:BatchSamples=0", "Ecg:BatchSamples is 0: it must be between 1 and 1000.")]
    [InlineData("producer", "--Ecg:Streams:0:Id=a/b", "Ecg:Streams:0:Id is a/b: it must be 1 to 64 of A-Z, a-z, 0-9, _ and -.")]
    [InlineData("producer", "--Ecg:Nonsense=1", "Ecg has no setting 'Nonsense'.")]
    [InlineData("processor", "--Heart:RefractoryMs=5", "Heart:RefractoryMs is 5: it must be between 150 and 400.")]
    [InlineData("processor", "--Logs:Replicas=2", "Logs:Replicas is 2: it must be 1, 3 or 5.")]
    [InlineData("predictor", "--Forecasts:WindowBeats=1", "Forecasts:WindowBeats is 1: it must be between 9 and 10000.")]
    public async Task Service_OptionOutOfRange_EndsWithTheKeyTheValueAndTheRule(string service, string argument, string message)
    {
        var (exitCode, output) = await ServiceProcess.RunToEndAsync(service, "--Urls=http://127.0.0.1:0", argument);
        Assert.Equal(1, exitCode);
        Assert.Contains(message.Replace("'", "\\u0027", StringComparison.Ordinal), output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Producer_ARecordWhoseHeaderLies_IsToldAndCountedAndTheOthersFlow()
    {
        var folder = Directory.CreateTempSubdirectory("signalstream-lie-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "lie.hea"), "lie 1 360 100000\nlie.dat 212 200 11 1024 0 0 0 MLII\n");
            await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "lie.dat"), new byte[300]);
            await using var system = await RunningSystem.StartAsync();
            var producer = await system.AddAsync(
                "producer",
                "Ecg:Streams:0:Id=lie", "Ecg:Streams:0:Source=Wfdb", $"Ecg:Streams:0:Record={Path.Combine(folder.FullName, "lie")}",
                "Ecg:Streams:1:Id=missing", "Ecg:Streams:1:Source=Wfdb", "Ecg:Streams:1:Record=no/such/record",
                "Ecg:Streams:2:Id=good");
            await producer.WaitForLogAsync("ecg.lie cannot be read");
            await producer.WaitForLogAsync("ecg.missing cannot be read");
            await Eventually.TrueAsync(async () => await producer.MetricAsync("signalstream_producer_frames_total") > 10);
            Assert.Equal(2, await producer.MetricAsync("signalstream_producer_sources_failed_total"));
            Assert.Equal(1, await producer.MetricAsync("signalstream_producer_streams"));
            var told = producer.Output.Single(l => l.Contains("ecg.lie cannot be read", StringComparison.Ordinal));
            Assert.Contains("lie.dat", told, StringComparison.Ordinal);
            Assert.Contains("100000", told, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [SkippableFact]
    public async Task Processor_FramesThatBreakTheRules_AreCountedByRuleAndTheOthersFlow()
    {
        await using var system = await RunningSystem.StartAsync();
        var processor = await system.AddAsync("processor");
        await Eventually.TrueAsync(async () => await processor.MetricAsync("signalstream_partitions_owned{capability=\"heart\"}") == 64);
        await using var nats = new NatsConnection(system.Nats.ClientOptions);
        // Through the server's mapping, as a client does that does not know the partition.
        await nats.PublishAsync("signal.in.wave.ecg.bad", Frame([float.NaN, 1]));
        await nats.PublishAsync("signal.in.wave.ecg.bad", Frame([1, 2])[..^1]);
        await nats.PublishAsync("signal.in.wave.ecg.bad", Frame([1, 2], version: 9));
        await nats.PublishAsync("signal.in.wave.ecg.bad", Frame([1, 2], rateHz: 5));
        await nats.PublishAsync("signal.in.wave.ecg.bad", Array.Empty<byte>());
        await nats.PublishAsync("signal.in.wave.ecg.good", Frame([1, 2]));
        // A partition that is not the stream's own.
        var wrong = (Partition.Of(new StreamId("ecg", "good")) + 1) % Partition.Count;
        await nats.PublishAsync($"signal.wave.{wrong}.ecg.good", Frame([1, 2]));

        await Eventually.TrueAsync(async () => await processor.MetricAsync("signalstream_processor_frames_total") == 1);
        foreach (var rule in new[] { "NotFinite", "Length", "Version", "RateOutOfRange", "TooShort" })
        {
            await Eventually.TrueAsync(async () =>
                await processor.MetricAsync($"signalstream_partition_messages_rejected_total{{capability=\"heart\",reason=\"{rule}\"}}") == 1);
        }

        Assert.Contains(processor.Output, l => l.Contains("sample 0 of channel 0 is NaN", StringComparison.Ordinal));
    }

    private static byte[] Frame(float[] samples, float rateHz = 250, int version = FrameHeader.Version)
    {
        var frame = new byte[FrameHeader.Size + samples.Length * sizeof(float)];
        new FrameHeader(FrameKind.Samples, 0, samples.Length, 0, 1, rateHz, 0, 0).Write(frame);
        frame[1] = (byte)(version << 4);
        MemoryMarshal.AsBytes(samples.AsSpan()).CopyTo(frame.AsSpan(FrameHeader.Size));
        return frame;
    }
}
