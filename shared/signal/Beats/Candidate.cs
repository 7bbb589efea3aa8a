using System.Runtime.InteropServices;

namespace SignalStream.Signal.Beats;

/// <summary>A stretch of high energy that may be a beat.</summary>
/// <param name="Sample">Index of its extremum in the raw signal.</param>
/// <param name="Energy">Height of the energy's peak, in the filter's units.</param>
/// <param name="Valley">Least energy between the peak before and this one.</param>
/// <param name="Slope">Steepest slope within it, in the filter's units.</param>
/// <param name="Likeness">Correlation with the beats before it, -1 to 1.</param>
/// <param name="Offset">Where the extremum lies between the samples.</param>
/// <param name="AmplitudeMv">Height over the signal around it, mV.</param>
/// <param name="QrsMs">Its width, ms.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct Candidate(
    long Sample, float Energy, float Valley, float Slope, float Likeness, float Offset, float AmplitudeMv, float QrsMs);
