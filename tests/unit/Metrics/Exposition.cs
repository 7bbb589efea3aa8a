using System.Text;
using Prometheus;

namespace SignalStream.UnitTests.Standins;

internal static class Exposition
{
    public static async Task<string> Exported(
        this CollectorRegistry registry, ExpositionFormat format = ExpositionFormat.PrometheusText)
    {
        using var stream = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(stream, format, CancellationToken.None);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
