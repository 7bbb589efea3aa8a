namespace SignalStream.Formats.Wfdb;

/// <summary>A label at a sample of a record.</summary>
/// <param name="Sample">Number of the sample, from 0.</param>
/// <param name="Code">What is there.</param>
/// <param name="Subtype">A number whose meaning depends on the code; 0 mostly.</param>
/// <param name="Channel">The signal that it is about; 0 mostly.</param>
/// <param name="Number">A number for the annotator's use; 0 mostly.</param>
/// <param name="Text">Auxiliary text, such as the name of a rhythm; null if there is none.</param>
public readonly record struct WfdbAnnotation(
    long Sample, WfdbCode Code, sbyte Subtype = 0, byte Channel = 0, sbyte Number = 0, string? Text = null);
