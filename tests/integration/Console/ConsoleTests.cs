using System.Collections.Concurrent;
using SignalStream.IntegrationTests.EndToEnd;
using SignalStream.Terminal;
using SignalStream.TestKit;
using Spectre.Console;

namespace SignalStream.IntegrationTests.Terminal;

/// <summary>The terminal client against services that run.</summary>
[Collection(nameof(EndToEndGroup))]
public sealed class ConsoleTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [SkippableFact]
    public async Task Commands_AgainstARunningGateway_ShowRecordAndReplay()
    {
        await using var system = await RunningSystem.StartAsync();
        await system.AddAsync("processor");
        var gateway = await system.AddAsync("gateway");
        await system.AddAsync("producer", "Ecg:Beds=2");
        var address = gateway.Address.ToString();
        await Eventually.TrueAsync(async () => (await gateway.GetAsync("/api/v1/streams/ecg.bed-1")).Ready, Patience);

        using (var watch = new Session("watch", "ecg.bed-1", "-g", address))
        {
            await watch.SeesAsync("ecg.bed-1 heartRate: ");
            watch.Type("status");
            await watch.SeesAsync("processor  ");
            watch.Type("stats");
            await watch.SeesAsync("received");
            watch.Type("quit");
            Assert.Equal(0, await watch.Ended.WaitAsync(Patience));
            Assert.DoesNotContain("ecg.bed-2 heartRate", watch.Output, StringComparison.Ordinal);
        }

        await RecordAndReplayAsync(address);
        using var unknown = new Session("watch", "ecg.nobody", "-g", address);
        Assert.Equal((int)ExitCode.Refused, await unknown.Ended.WaitAsync(Patience));
        Assert.Contains("ecg.nobody", unknown.Output, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Watch_GatewayGoesAndComesBack_GoesOnByItself()
    {
        await using var system = await RunningSystem.StartAsync();
        await system.AddAsync("processor");
        var gateway = await system.AddAsync("gateway");
        await system.AddAsync("producer", "Ecg:Beds=1");
        using var watch = new Session("watch", "ecg.*", "-g", gateway.Address.ToString());
        await watch.SeesAsync("ecg.bed-1 beat: ");
        await gateway.KillAsync();
        await watch.SeesAsync("connection lost: ");
        await system.AddAsync("gateway", $"Urls={gateway.Address}");
        await watch.SeesAsync("connected again");
        var lines = watch.LineCount;
        await Eventually.TrueAsync(() => watch.LineCount > lines + 3, Patience);
        watch.Type("quit");
        Assert.Equal(0, await watch.Ended.WaitAsync(Patience));
    }

    [SkippableFact]
    public async Task Record_WithReadings_HasEachProbeOnceAlsoOverAnInterruption()
    {
        await using var system = await RunningSystem.StartAsync();
        var gateway = await system.AddAsync("gateway");
        await system.AddAsync("producer", "Ecg:Beds=1", "Probes:Default=true");
        await using var proxy = new FaultProxy(gateway.Address.Port);
        await Eventually.TrueAsync(async () => (await gateway.GetAsync("/api/v1/streams/net.sim-us-east")).Ready, Patience);
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var record = new Session("record", file, "net.sim-us-east", "--readings", "-g", $"http://127.0.0.1:{proxy.Port}");
        await Eventually.TrueAsync(() => Readings(file).Length > 4, Patience);
        var before = Readings(file);
        Assert.Equal(Enumerable.Range(0, before.Length).Select(i => before[0] + i), before);
        proxy.Cut();
        await record.SeesAsync("connected again");
        await Eventually.TrueAsync(() => Readings(file) is [.., var last] && last > before[^1] + 6, Patience);
        Assert.Equal(Readings(file).Distinct().Order(), Readings(file));

        using var watch = new Session("watch", "net.sim-us-east", "-g", gateway.Address.ToString());
        await watch.SeesAsync("net.sim-us-east is live");
        Assert.DoesNotContain("probeReading", watch.Output, StringComparison.Ordinal);
        watch.Type("quit");
        record.Type("quit");
        File.Delete(file);
    }

    [SkippableFact]
    public async Task Record_ConnectionCutForSeconds_HasEveryEventOnce()
    {
        await using var system = await RunningSystem.StartAsync();
        await system.AddAsync("processor");
        var gateway = await system.AddAsync("gateway");
        await system.AddAsync("producer", "Ecg:Beds=3");
        await using var proxy = new FaultProxy(gateway.Address.Port);
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var record = new Session("record", file, "ecg.*", "-g", $"http://127.0.0.1:{proxy.Port}");
        await Eventually.TrueAsync(() => HeartRates(file, "ecg.bed-3").Length > 2, Patience);
        // Once for long, and once more before all that was missed can have come.
        foreach (var seconds in (int[])[5, 1])
        {
            proxy.Refuse = true;
            proxy.Cut();
            var last = await LatestAsync(gateway, "ecg.bed-3");
            await Eventually.TrueAsync(async () => await LatestAsync(gateway, "ecg.bed-3") > last + (250 * seconds), Patience);
            proxy.Refuse = false;
            await Eventually.TrueAsync(() => HeartRates(file, "ecg.bed-3") is [.., var index] && index > last, Patience);
        }

        var reached = await LatestAsync(gateway, "ecg.bed-1");
        await Eventually.TrueAsync(() => HeartRates(file, "ecg.bed-1") is [.., var index] && index >= reached, Patience);
        foreach (var bed in (string[])["ecg.bed-1", "ecg.bed-2", "ecg.bed-3"])
        {
            var indices = HeartRates(file, bed);
            Assert.Equal(Enumerable.Range(0, indices.Length).Select(i => indices[0] + (250L * i)), indices);
        }

        record.Type("quit");
        File.Delete(file);
    }

    /// <summary>Index of each reading recorded.</summary>
    private static long[] Readings(string file) => [.. Lines(file)
        .Select(line => line.Split(',')).Where(row => row.Length > 6 && row[2] == "probeReading" && row[5] == "outcome")
        .Select(row => long.Parse(row[4], System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>Index of each heart rate recorded: one a second.</summary>
    private static long[] HeartRates(string file, string stream) => [.. Lines(file)
        .Select(line => line.Split(',')).Where(row => row.Length > 6 && row[1] == stream && row[2] == "heartRate" && row[5] == "intervals")
        .Select(row => long.Parse(row[4], System.Globalization.CultureInfo.InvariantCulture))];

    /// <summary>Whole lines of a file that is being written.</summary>
    private static string[] Lines(string file)
    {
        if (!File.Exists(file))
            return [];
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return reader.ReadToEnd().Split('\n')[..^1];
    }

    private static async Task<long> LatestAsync(ServiceProcess gateway, string stream)
    {
        var (_, body) = await gateway.GetAsync($"/api/v1/streams/{stream}/history?type=finding&limit=20");
        using var answer = System.Text.Json.JsonDocument.Parse(body);
        return answer.RootElement.GetProperty("items").EnumerateArray().Where(item => item.TryGetProperty("heartRate", out _))
            .Select(item => item.GetProperty("index").GetInt64()).DefaultIfEmpty().Max();
    }

    private static async Task RecordAndReplayAsync(string address)
    {
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using var record = new Session("record", file, "ecg.*", "--waves", "--for", "4", "-g", address);
            Assert.Equal(0, await record.Ended.WaitAsync(Patience));
            using var replay = new Session("replay", file, "--speed", "0");
            Assert.Equal(0, await replay.Ended.WaitAsync(Patience));
            Assert.Contains("ecg.bed-2 heartRate: ", replay.Output, StringComparison.Ordinal);
            var samples = (await File.ReadAllLinesAsync(file)).Where(l => l.Contains(",ecg.bed-1,samples,", StringComparison.Ordinal) && l.Split(',')[5] == "0")
                .Select(l => long.Parse(l.Split(',')[4], System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            Assert.True(samples.Length > 250, $"{samples.Length} samples");
            Assert.Equal(Enumerable.Range(0, samples.Length).Select(i => samples[0] + i), samples);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The program with a keyboard and a screen of the test's.</summary>
    private sealed class Session : TextWriter
    {
        private readonly ConcurrentQueue<string> _lines = new();
        private readonly BlockingCollection<string> _typed = [];

        public Session(params string[] arguments)
        {
            var ansi = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(this), Ansi = AnsiSupport.No });
            Ended = CommandLine.RunAsync(arguments, new Surroundings(this, this, new Keyboard(_typed), ansi, false, false, TimeProvider.System));
        }

        public Task<int> Ended { get; }

        public string Output => string.Join('\n', _lines);

        public int LineCount => _lines.Count;

        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

        /// <summary>Waits until a text has been shown; the program's end before that is an error.</summary>
        public async Task SeesAsync(string text)
        {
            await Eventually.TrueAsync(() => Output.Contains(text, StringComparison.Ordinal) || Ended.IsCompleted, Patience, $"{text} in the output");
            Assert.Contains(text, Output, StringComparison.Ordinal);
        }

        public void Type(string line) => _typed.Add(line);

        public override void WriteLine(string? value) => _lines.Enqueue(value ?? "");

        public override Task WriteLineAsync(string? value)
        {
            WriteLine(value);
            return Task.CompletedTask;
        }

        public override void Write(string? value) => WriteLine(value);

        public override void Write(char value)
        {
        }

        protected override void Dispose(bool disposing)
        {
            _typed.CompleteAdding();
            base.Dispose(disposing);
        }
    }

    private sealed class Keyboard(BlockingCollection<string> lines) : TextReader
    {
        public override string? ReadLine() => lines.GetConsumingEnumerable().FirstOrDefault();
    }
}
