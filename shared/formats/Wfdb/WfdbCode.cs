namespace SignalStream.Formats.Wfdb;

/// <summary>What an annotation says, by its number in the file.</summary>
/// <remarks>ecgcodes.h of the WFDB library (Moody GB). Numbers up to 49 without a name here are for users.</remarks>
public enum WfdbCode
{
    /// <summary>Not a QRS complex.</summary>
    NotQrs = 0,

    /// <summary>N: normal beat.</summary>
    Normal = 1,

    /// <summary>L: left bundle branch block beat.</summary>
    LeftBundleBranchBlock = 2,

    /// <summary>R: right bundle branch block beat.</summary>
    RightBundleBranchBlock = 3,

    /// <summary>a: aberrated atrial premature beat.</summary>
    AberratedAtrialPremature = 4,

    /// <summary>V: premature ventricular contraction.</summary>
    PrematureVentricular = 5,

    /// <summary>F: fusion of a ventricular and a normal beat.</summary>
    Fusion = 6,

    /// <summary>J: nodal (junctional) premature beat.</summary>
    NodalPremature = 7,

    /// <summary>A: atrial premature beat.</summary>
    AtrialPremature = 8,

    /// <summary>S: supraventricular premature beat.</summary>
    SupraventricularPremature = 9,

    /// <summary>E: ventricular escape beat.</summary>
    VentricularEscape = 10,

    /// <summary>j: nodal (junctional) escape beat.</summary>
    NodalEscape = 11,

    /// <summary>/: paced beat.</summary>
    Paced = 12,

    /// <summary>Q: beat that cannot be classified.</summary>
    Unknown = 13,

    /// <summary>~: change of signal quality.</summary>
    Noise = 14,

    /// <summary>|: isolated artifact that looks like a QRS complex.</summary>
    Artifact = 16,

    /// <summary>s: change of the ST segment.</summary>
    StChange = 18,

    /// <summary>T: change of the T wave.</summary>
    TChange = 19,

    /// <summary>*: systole.</summary>
    Systole = 20,

    /// <summary>D: diastole.</summary>
    Diastole = 21,

    /// <summary>": comment, in the auxiliary text.</summary>
    Note = 22,

    /// <summary>=: measurement, in the auxiliary text.</summary>
    Measurement = 23,

    /// <summary>p: peak of a P wave.</summary>
    PWave = 24,

    /// <summary>B: left or right bundle branch block beat.</summary>
    BundleBranchBlock = 25,

    /// <summary>^: pacer spike without a beat.</summary>
    PacerSpike = 26,

    /// <summary>t: peak of a T wave.</summary>
    TWave = 27,

    /// <summary>+: change of rhythm, named in the auxiliary text.</summary>
    Rhythm = 28,

    /// <summary>u: peak of a U wave.</summary>
    UWave = 29,

    /// <summary>?: beat not classified while learning.</summary>
    Learning = 30,

    /// <summary>!: ventricular flutter wave.</summary>
    FlutterWave = 31,

    /// <summary>[: start of ventricular flutter or fibrillation.</summary>
    FlutterStart = 32,

    /// <summary>]: end of ventricular flutter or fibrillation.</summary>
    FlutterEnd = 33,

    /// <summary>e: atrial escape beat.</summary>
    AtrialEscape = 34,

    /// <summary>n: supraventricular escape beat.</summary>
    SupraventricularEscape = 35,

    /// <summary>@: link to other data, in the auxiliary text.</summary>
    Link = 36,

    /// <summary>x: P wave without a beat.</summary>
    NonConductedPWave = 37,

    /// <summary>f: fusion of a paced and a normal beat.</summary>
    PacedFusion = 38,

    /// <summary>(: onset of a wave.</summary>
    WaveOnset = 39,

    /// <summary>): end of a wave.</summary>
    WaveEnd = 40,

    /// <summary>r: R-on-T premature ventricular contraction.</summary>
    ROnT = 41,
}

/// <summary>What annotation codes mean.</summary>
public static class WfdbCodes
{
    /// <summary>The greatest code of an annotation.</summary>
    public const int Greatest = 49;

    // A column a code, from 0 on; a space where the code has no symbol.
    private const string Symbols = " NLRaVFJASEj/Q~ | sT*D\"=pB^t+u?![]en@xf()r";
    private const string Beats = "NLRaVFJASEj/QB?enfr";

    /// <summary>The symbol that charts and the WFDB programs show; <c>[n]</c> for codes without one.</summary>
    /// <param name="code">The code.</param>
    public static string Symbol(this WfdbCode code)
    {
        var at = (int)code;
        return at >= 0 && at < Symbols.Length && Symbols[at] != ' ' ? Symbols[at].ToString() : $"[{at}]";
    }

    /// <summary>Whether the code labels a beat, as AAMI EC57 counts them: flutter waves do not.</summary>
    /// <param name="code">The code.</param>
    public static bool IsBeat(this WfdbCode code) =>
        code > 0 && (int)code < Symbols.Length && Beats.Contains(Symbols[(int)code], StringComparison.Ordinal);
}
