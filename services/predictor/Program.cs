using SignalStream.Hosting;
using SignalStream.Hosting.Partitions;
using SignalStream.Predictor.Backtest;
using SignalStream.Predictor.Forecasts;
using SignalStream.Predictor.Latency;
using SignalStream.Predictor.Market;

if (args is [Backtest.Command, ..])
    return Backtest.Run(args.AsSpan(1));

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("predictor"); // configuration, logs, metrics, health, NATS
builder.AddPartitions("predictor");      // which streams are this replica's, and each output once
builder.AddForecasts();                  // signal.finding.*.ecg.* -> signal.forecast.*.ecg.*
builder.AddMarket();                     // signal.reading.*.market.* -> signal.forecast.*.market.*
builder.AddLatencyForecasts();           // signal.reading.*.net.* -> signal.forecast.*.net.*

var app = builder.Build();
app.MapServiceDefaults();
return await app.RunServiceAsync(args);
