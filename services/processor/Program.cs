using SignalStream.Hosting;
using SignalStream.Hosting.Partitions;
using SignalStream.Processor.Heart;
using SignalStream.Processor.Latency;
using SignalStream.Processor.Rules;
using SignalStream.Processor.Webhooks;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("processor"); // configuration, logs, metrics, health, NATS
builder.AddPartitions("processor");      // which streams are this replica's, and each output once
builder.AddHeart();                      // signal.wave.*.ecg.* -> signal.finding.*.ecg.*
builder.AddLatency();                    // signal.reading.*.net.* -> signal.finding.*.net.*, signal.alert.*.net.*
builder.AddRules();                      // signal.finding.>, signal.forecast.> -> signal.alert.>, as users' rules say
builder.AddWebhooks();                   // signal.alert.> -> the receivers' HTTP endpoints

var app = builder.Build();
app.MapServiceDefaults();
return await app.RunServiceAsync(args);
