using System.Globalization;
using Prometheus;
using SignalStream.Contracts;
using SignalStream.Formats.Csv;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Partitions;
using SignalStream.Predictor.Market;
using SignalStream.Signal.Forecasting;
using SignalStream.Signal.Indicators;

namespace SignalStream.Predictor.Backtest;

/// <summary>Walks forward through a file of bars with the worker that runs live: the same bars give the same events, byte for byte.</summary>
internal static class Backtest
{
    public const string Command = "backtest";

    /// <summary>Prints the models' records on a file.</summary>
    /// <param name="args">After the command: the file, and the model that is shown.</param>
    /// <returns>The program's exit code.</returns>
    public static int Run(ReadOnlySpan<string> args)
    {
        if (args.Length is < 1 or > 2 || !File.Exists(args[0]))
        {
            Console.Error.WriteLine("Usage: backtest FILE.csv [MODEL]");
            return 2;
        }

        var model = args.Length == 2 && args[1].Length > 0 ? args[1] : PriceModel.Pool.Name;
        if (PriceModel.Find(model) is null)
        {
            Console.Error.WriteLine($"{model} is no model: {string.Join(", ", PriceModel.All.Select(m => m.Name))} are known.");
            return 2;
        }

        try
        {
            using var file = new StreamReader(args[0]);
            Print(Walk(new StreamId("market", "backtest"), Readings(new OhlcvReader(file)), model).OfType<ModelRecordEvent>(), model);
            return 0;
        }
        catch (CsvException exception)
        {
            Console.Error.WriteLine($"{args[0]}: {exception.Message}");
            return 1;
        }
    }

    /// <summary>The bars of a file as a producer would send them; what is out of order or repeated is left out.</summary>
    public static IEnumerable<PriceReading> Readings(OhlcvReader file)
    {
        var sequence = new BarSequence(0);
        ulong index = 0;
        foreach (var row in file.ReadAll())
        {
            if (sequence.Add(row.TimeNs, out _) == BarPlace.Next)
                yield return new PriceReading(1, index++, row.TimeNs, row.Open, row.High, row.Low, row.Close, row.Volume);
        }
    }

    /// <summary>The events that the live worker makes of these bars.</summary>
    public static IEnumerable<SignalEvent> Walk(StreamId stream, IEnumerable<PriceReading> readings, string model)
    {
        var worker = new MarketStream(
            stream, new MarketOptions { Model = model, RecordEvery = 1 }, new MarketMetrics(Metrics.WithCustomRegistry(Metrics.NewCustomRegistry())));
        var outputs = new List<SignalEvent>();
        ulong sequence = 0;
        foreach (var reading in readings)
        {
            outputs.Clear();
            worker.Process(new LogMessage(++sequence, reading.TimeNs, PriceCodec.Encode(reading)), outputs);
            foreach (var output in outputs)
                yield return output;
        }
    }

    private static void Print(IEnumerable<ModelRecordEvent> records, string shown)
    {
        var last = records.GroupBy(r => r.MadeBy).Select(g => g.Last()).ToArray();
        if (last.Length == 0)
            Console.WriteLine("Too few bars: forecasts begin with the sixtieth.");
        foreach (var record in last)
        {
            Console.WriteLine($"{record.MadeBy}{(record.MadeBy == shown ? " (shown)" : "")}");
            Console.WriteLine("   h  outcomes   MAE/naive  cover 50   80   90  Brier skill  hit rate (95 %)");
            foreach (var h in record.Horizons)
                Console.WriteLine(Line(h));
        }
    }

    private static string Line(RecordHorizon h)
    {
        var hits = HitRate.Interval((long)h.Hits, (long)h.Moves);
        var rate = h.Moves > 0 ? (double)h.Hits / h.Moves : 0;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{h.Steps,4} {h.Outcomes,9} {h.Error / h.NaiveError,11:F4} {100 * h.Covered50,9:F1} {100 * h.Covered80,4:F1} {100 * h.Covered90,4:F1} {1 - (h.Brier / h.BaseBrier),12:F4}  {100 * rate:F1} % ({100 * hits.Low:F1}–{100 * hits.High:F1})");
    }
}
