namespace SignalStream.TestKit.Lines;

/// <summary>How a line treats packets; order stays.</summary>
/// <param name="DelayMs">Each way, ms.</param>
/// <param name="JitterMs">Beside the delay, uniform from minus to plus so much, ms; at most the delay.</param>
/// <param name="LossShare">Of packets, each way, from 0 to 1.</param>
public sealed record LineSettings(double DelayMs, double JitterMs = 0, double LossShare = 0);
