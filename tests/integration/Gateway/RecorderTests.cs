using System.Globalization;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Gateway;

public sealed class RecorderTests(NatsFixture nats) : IClassFixture<NatsFixture>
{
    [SkippableFact]
    public async Task Readings_WhileTheGatewayIsAwayToo_AreEachInTheFilesOnce()
    {
        var folder = Directory.CreateTempSubdirectory("recorder-");
        try
        {
            await using (var gateway = await StartAsync(folder))
            {
                await using var line = await Line.OpenAsync(gateway, nats, "net.recorded");
                await line.PublishAsync(0, 500);
                await Eventually.TrueAsync(() => Indices(folder).Count == 500);
                Assert.Equal(500, await gateway.MetricAsync("signalstream_gateway_recorder_readings_total"));
                await gateway.StopAsync();
                await line.PublishAsync(500, 1000);
            }

            await using var again = await StartAsync(folder);
            await using var same = await Line.OpenAsync(again, nats, "net.recorded");
            await same.PublishAsync(1000, 1200);
            await Eventually.TrueAsync(() => Indices(folder).Count == 1200);
            Assert.Equal(Enumerable.Range(0, 1200), Indices(folder));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IReadOnlyList<int> Indices(DirectoryInfo folder) =>
    [
        .. folder.GetFiles("readings-net-*.csv").OrderBy(file => file.Name, StringComparer.Ordinal)
            .SelectMany(file => ReadLines(file.FullName).Skip(1))
            .Select(row => row.Split(',')).Where(cells => cells[2] == "net.recorded").Select(cells => int.Parse(cells[5], CultureInfo.InvariantCulture)),
    ];

    private static IEnumerable<string> ReadLines(string path)
    {
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return [.. reader.ReadToEnd().Split("\r\n", StringSplitOptions.RemoveEmptyEntries)];
    }

    private async Task<GatewayHost> StartAsync(DirectoryInfo folder) =>
        await GatewayHost.StartAsync((await nats.ServerAsync()).Url, $"Recorder:Directory={folder.FullName}");
}
