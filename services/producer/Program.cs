using SignalStream.Hosting;
using SignalStream.Producer.Ecg;
using SignalStream.Producer.Market;
using SignalStream.Producer.Pacing;
using SignalStream.Producer.Probes;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("producer"); // configuration, logs, metrics, health, NATS
builder.AddPacing();                    // one schedule for all sources
builder.AddEcg();                       // synthetic beds and WFDB records -> signal.wave.*.ecg.*
builder.AddMarket();                    // simulator, CSV files or quotes -> signal.reading.*.market.*
builder.AddProbes();                    // network targets -> signal.reading.*.net.*

var app = builder.Build();
app.MapServiceDefaults();
return await app.RunServiceAsync(args);
