namespace SignalStream.Signal.Synthesis;

/// <summary>A beat that a generator made: what a detector should find.</summary>
/// <param name="Sample">Index of the sample nearest to the R-peak.</param>
/// <param name="IsEctopic">Whether it is a wide, early beat.</param>
public readonly record struct SyntheticBeat(long Sample, bool IsEctopic);
