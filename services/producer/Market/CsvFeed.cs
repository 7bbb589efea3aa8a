using System.Runtime.CompilerServices;
using SignalStream.Formats.Csv;
using SignalStream.Signal.Indicators;

namespace SignalStream.Producer.Market;

/// <summary>A file of bars as if they came now: in real time, at a factor, or as fast as possible. Times stay as the file has them.</summary>
internal sealed class CsvFeed(string path, double speed, double intervalSeconds, TimeProvider time) : IMarketFeed
{
    private const int RowsToJudge = 32;

    public string Source => $"csv {Path.GetFileName(path)}";

    public bool IsSimulated => false;

    public double IntervalSeconds => intervalSeconds;

    public double Speed => speed;

    /// <summary>Opens a file; its interval is the median distance of its first bars.</summary>
    /// <exception cref="CsvException">It has no times or prices.</exception>
    public static CsvFeed Open(string path, double speed, TimeProvider time)
    {
        using var reader = new StreamReader(path);
        var times = new OhlcvReader(reader).ReadAll().Take(RowsToJudge).Select(row => row.TimeNs).ToArray();
        var distances = times.Skip(1).Zip(times, (later, earlier) => later - earlier).Order().ToArray();
        return new CsvFeed(path, speed, distances.Length > 0 ? distances[distances.Length / 2] / 1e9 : 0, time);
    }

    public async IAsyncEnumerable<PriceBar> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(path);
        var started = time.GetTimestamp();
        long? firstNs = null;
        foreach (var row in new OhlcvReader(reader).ReadAll())
        {
            firstNs ??= row.TimeNs;
            await WaitAsync(started, row.TimeNs - firstNs.Value, cancellationToken);
            yield return new PriceBar(row.TimeNs, row.Open, row.High, row.Low, row.Close, row.Volume);
        }
    }

    private async Task WaitAsync(long started, long afterNs, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (speed <= 0)
            return;
        var wait = TimeSpan.FromSeconds(afterNs / 1e9 / speed) - time.GetElapsedTime(started);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, cancellationToken);
    }
}
