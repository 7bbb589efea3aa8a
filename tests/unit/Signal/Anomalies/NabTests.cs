using System.Globalization;
using System.Text.Json;
using SignalStream.Signal.Anomalies;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Signal.Anomalies;

/// <summary>The detector on the development half of the Numenta Anomaly Benchmark, with the threshold that it ships with.</summary>
public sealed class NabTests
{
    private const double ProbationShare = 0.15;
    private const int MostProbation = 750;

    [SkippableFact]
    public void Process_DevelopmentHalf_HitsMostWindowsWithFewFalseAlarms()
    {
        var folder = TestData.Path("nab");
        var windows = JsonSerializer.Deserialize<Dictionary<string, string[][]>>(File.ReadAllText(Path.Combine(folder, "labels/combined_windows.json")))!;
        var (hits, labelled, falseAlarms, rows) = (0, 0, 0, 0);
        foreach (var (name, labels) in windows)
        {
            var series = Read(Path.Combine(folder, "data", name));
            var judged = series[Math.Min((int)(ProbationShare * series.Length), MostProbation)..];
            var spans = labels.Select(w => (First: Time(w[0]), Last: Time(w[1]))).ToArray();
            var alarms = judged.Where(row => row.Score >= AnomalyDetector.Threshold).ToArray();
            hits += spans.Count(w => alarms.Any(a => a.Time >= w.First && a.Time <= w.Last));
            falseAlarms += alarms.Count(a => !spans.Any(w => a.Time >= w.First && a.Time <= w.Last));
            labelled += spans.Length;
            rows += judged.Length;
        }

        var (precision, recall) = ((double)hits / (hits + falseAlarms), (double)hits / labelled);
        Assert.True(2 * precision * recall / (precision + recall) >= 0.6, $"{hits} of {labelled}, {falseAlarms} false alarms");
        Assert.True(falseAlarms * 10_000.0 / rows <= 2.5, $"{falseAlarms} false alarms in {rows} rows");
    }

    private static (DateTime Time, double Score)[] Read(string file)
    {
        var detector = new AnomalyDetector();
        return
        [
            .. File.ReadLines(file).Skip(1).Select(line => line.Split(',')).Select(row =>
            {
                var time = Time(row[0]);
                var score = detector.Process((time - DateTime.UnixEpoch).Ticks * 100, double.Parse(row[1], CultureInfo.InvariantCulture));
                return (time, score.Score);
            }),
        ];
    }

    private static DateTime Time(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture);
}
