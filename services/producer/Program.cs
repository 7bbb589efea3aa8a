using SignalStream.Hosting;
using SignalStream.Producer.Ecg;
using SignalStream.Producer.Pacing;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults("producer"); // configuration, logs, metrics, health, NATS
builder.AddPacing();                    // one schedule for all sources
builder.AddEcg();                       // synthetic beds and WFDB records -> signal.wave.*.ecg.*

var app = builder.Build();
app.MapServiceDefaults();
return await app.RunServiceAsync(args);
