using SignalStream.Gateway;
using SignalStream.Hosting;

var app = GatewayApp.Build(args);
return await app.RunServiceAsync(args);
