using SignalStream.Terminal;

return await CommandLine.RunAsync(args, Surroundings.OfProcess());
