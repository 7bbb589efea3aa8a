using System.Globalization;
using SignalStream.Formats.Csv;
using SignalStream.Signal.Forecasting;
using SignalStream.Signal.Indicators;

namespace SignalStream.Eval.Forecast;

/// <summary>Forecasts every series below a folder in one causal pass and writes what was forecast, for the scorer.</summary>
internal static class ForecastEvaluation
{
    /// <returns>The program's exit code.</returns>
    public static int Run(string data, string output, string column)
    {
        var files = Directory.GetFiles(data, "*.csv", SearchOption.AllDirectories);
        Array.Sort(files, StringComparer.Ordinal);
        var failed = 0;
        foreach (var file in files)
        {
            var target = Path.Combine(output, Path.GetRelativePath(data, file));
            try
            {
                Forecast(file, target, column);
            }
            catch (CsvException exception)
            {
                failed++;
                Console.Error.WriteLine($"{file}: {exception.Message}");
            }
        }

        Console.WriteLine($"{files.Length - failed} series forecast into {output}, {failed} could not be read.");
        return failed == 0 && files.Length > 0 ? 0 : 1;
    }

    private static void Forecast(string file, string target, string column)
    {
        using var reader = new StreamReader(file);
        if (string.Equals(column, "close", StringComparison.OrdinalIgnoreCase))
            Write(target, Prices(new OhlcvReader(reader)));
        else
            Write(target, Values(new CsvTable(reader), column));
    }

    private static IEnumerable<ReadOnlyMemory<HorizonForecast>> Prices(OhlcvReader bars)
    {
        var forecaster = new PriceForecaster();
        foreach (var bar in bars.ReadAll())
        {
            forecaster.Process(new PriceBar(bar.TimeNs, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume));
            yield return forecaster.Forecasts.ToArray();
        }
    }

    private static IEnumerable<ReadOnlyMemory<HorizonForecast>> Values(CsvTable table, string column)
    {
        var value = table.Find(column);
        if (value < 0) throw new CsvException($"There is no column '{column}' but {string.Join(", ", table.Columns)}.");
        var time = table.Find("timestamp", "time", "date");
        var forecaster = new SeriesForecaster();
        for (long row = 0; table.ReadRow() is { } fields;)
        {
            if (fields[value].Length == 0) continue;
            // Without a time a series is taken for one of five minutes.
            if (time < 0 || !CsvTime.TryParse(fields[time], out var timeNs)) timeNs = row * 300_000_000_000;
            row++;
            forecaster.Process(timeNs, double.Parse(fields[value], CultureInfo.InvariantCulture));
            yield return forecaster.Forecasts.ToArray();
        }
    }

    private static void Write(string target, IEnumerable<ReadOnlyMemory<HorizonForecast>> rows)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        using var writer = new StreamWriter(target);
        var row = 0;
        foreach (var forecasts in rows)
        {
            if (row == 0) writer.WriteLine(double.IsNaN(forecasts.Span[0].Rise) ? "row,h,point,lo,hi" : "row,h,point,lo,hi,p_up");
            foreach (ref readonly var f in forecasts.Span)
            {
                var rise = double.IsNaN(f.Rise) ? "" : $",{Text(f.Rise)}";
                writer.WriteLine($"{row},{f.Steps},{Text(f.Point)},{Text(f.Ninety.Low)},{Text(f.Ninety.High)}{rise}");
            }

            row++;
        }
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
