namespace SignalStream.Signal.Beats;

/// <summary>What kind of beat it looks like. The numbers are stable: they are saved and sent.</summary>
public enum BeatClass : byte
{
    /// <summary>As the ones before it.</summary>
    Normal = 0,

    /// <summary>Wide and early, as beats that begin in a ventricle are.</summary>
    VentricularLike = 1,

    /// <summary>Comes after a pause.</summary>
    Paused = 2,
}

/// <summary>One beat, decided once.</summary>
/// <param name="Sample">Index of the sample at the R-peak.</param>
/// <param name="Offset">Where the peak lies between the samples: -0.5 to 0.5 sample from <paramref name="Sample"/>.</param>
/// <param name="AmplitudeMv">Height of the R-peak over the signal around it, mV; negative when it points down.</param>
/// <param name="RrMs">Time since the beat before, ms; 0 for the first.</param>
/// <param name="Confidence">0 to 1: how clearly it stands out from what is no beat.</param>
/// <param name="QrsMs">Width of the QRS complex, ms.</param>
/// <param name="Class">What kind of beat it looks like.</param>
/// <param name="DecisionSample">Index of the newest sample that had been seen when it was decided.</param>
/// <param name="Lead">Lead that gave the R-peak its place, from 0.</param>
public readonly record struct Beat(
    long Sample,
    float Offset,
    float AmplitudeMv,
    float RrMs,
    float Confidence,
    float QrsMs,
    BeatClass Class,
    long DecisionSample,
    int Lead = 0);
