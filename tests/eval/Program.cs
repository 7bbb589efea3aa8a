using System.Globalization;
using SignalStream.Eval;
using SignalStream.Eval.Forecast;
using SignalStream.Eval.Latency;
using SignalStream.Eval.Monitor;
using SignalStream.Eval.Nab;
using SignalStream.Eval.Probes;

if (args is ["ecg" or "ecg-leads", var data, var output, ..] && args.Length <= 4)
    return EcgEvaluation.Run(data, output, args.Length == 4 ? double.Parse(args[3], CultureInfo.InvariantCulture) : 0, args[0] == "ecg-leads");
if (args is ["monitor", var document])
    return MonitorEvaluation.Run(document);
if (args is ["nab", var series, var scores])
    return NabEvaluation.Run(series, scores);
if (args is ["latency", ..] && args.Length <= 2)
    return LatencyEvaluation.Run(args.Length == 2 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1);
if (args is ["probes", ..] && args.Length <= 2)
    return await ProbeEvaluation.RunAsync(args.Length == 2 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 200);
if (args is ["forecast", var tree, var forecasts, var column])
    return ForecastEvaluation.Run(tree, forecasts, column);

Console.Error.WriteLine("""
    Usage: SignalStream.Eval ecg DATA OUT [START_S]
           SignalStream.Eval ecg-leads DATA OUT [START_S]    all leads of a record together
           SignalStream.Eval monitor DOCUMENT
           SignalStream.Eval nab SERIES SCORES
           SignalStream.Eval latency [SEED]
           SignalStream.Eval probes [COUNT]                    what network probes say against a line of known delay; as root
           SignalStream.Eval forecast DATA OUT COLUMN          every CSV series below DATA, 1, 3, 6 and 12 rows ahead
      DATA  folder of WFDB records
      OUT   folder for NNN.txt: a line `R_SAMPLE DECISION_SAMPLE CONFIDENCE` for each beat
      START_S  seconds at each record's start whose failures are not judged (0)
      DOCUMENT  Markdown whose table between the markers of `monitor` is written anew
      SERIES  folder of CSV files `timestamp,value`
      SCORES  folder for the same files with a column `anomaly_score`
    """);
return 2;
