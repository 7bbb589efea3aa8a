using SignalStream.Hosting;
using SignalStream.Hosting.Partitions;
using SignalStream.Predictor.Forecasts;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("predictor"); // configuration, logs, metrics, health, NATS
builder.AddPartitions("predictor");      // which streams are this replica's, and each output once
builder.AddForecasts();                  // signal.finding.*.ecg.* -> signal.forecast.*.ecg.*

var app = builder.Build();
app.MapServiceDefaults();
return await app.RunServiceAsync(args);
