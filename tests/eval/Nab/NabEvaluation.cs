using System.Globalization;
using SignalStream.Signal.Anomalies;

namespace SignalStream.Eval.Nab;

/// <summary>Scores every series of a folder with the product's detector: one causal pass, nothing set by file.</summary>
internal static class NabEvaluation
{
    private const string Header = "timestamp,value";

    /// <summary>Writes a file of scores for each <c>timestamp,value</c> file under <paramref name="data"/>, at the same path under <paramref name="output"/>.</summary>
    public static int Run(string data, string output)
    {
        var files = Directory.Exists(data) ? Directory.GetFiles(data, "*.csv", SearchOption.AllDirectories) : [];
        var (scored, rows, seconds) = (0, 0L, 0.0);
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            if (Score(file, out var lines, ref seconds) is not { } count)
                continue;
            var target = Path.Combine(output, Path.GetRelativePath(data, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.WriteAllLines(target, lines);
            scored++;
            rows += count;
        }

        if (scored == 0)
        {
            Console.Error.WriteLine($"{data}: no file there begins with the line {Header}.");
            return 1;
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{scored} series, {rows} values, {rows / seconds:N0} a second of one core, state {new AnomalyDetector().StateSize} bytes, threshold {AnomalyDetector.Threshold}"));
        return 0;
    }

    private static int? Score(string file, out List<string> lines, ref double seconds)
    {
        lines = [$"{Header},anomaly_score"];
        var rows = File.ReadAllLines(file);
        if (rows.Length == 0 || rows[0].Trim() != Header)
            return null;
        var values = rows.Skip(1).Where(row => row.Length > 0).Select(row => Parse(file, row)).ToArray();
        var scores = new double[values.Length];
        var detector = new AnomalyDetector();
        var begun = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < values.Length; i++)
            scores[i] = detector.Process(values[i].TimeNs, values[i].Value).Score;
        seconds += TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
        for (var i = 0; i < values.Length; i++)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"{values[i].Text},{scores[i]:R}"));
        return values.Length;
    }

    private static (string Text, long TimeNs, double Value) Parse(string file, string row)
    {
        if (row.Split(',') is [var time, var value]
            && DateTime.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            && double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return (row.TrimEnd(), (at - DateTime.UnixEpoch).Ticks * 100, number);
        }

        throw new FormatException($"{file}: the row \"{row}\" is not a time and a number.");
    }
}
