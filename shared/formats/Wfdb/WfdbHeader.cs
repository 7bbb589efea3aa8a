namespace SignalStream.Formats.Wfdb;

/// <summary>The header of a record: which signals it has, at what rate, in which files.</summary>
/// <remarks>
/// WFDB Applications Guide, header(5) (Moody GB): a record line, a line for each signal, comments. Records of several
/// segments and signals of more than one sample a frame are refused.
/// </remarks>
public sealed class WfdbHeader
{
    /// <summary>Sampling rate of a record whose header gives none, Hz.</summary>
    public const double DefaultRateHz = 250;

    /// <summary>Name of the record.</summary>
    public required string RecordName { get; init; }

    /// <summary>Sampling rate, Hz, above zero.</summary>
    public double RateHz { get; init; } = DefaultRateHz;

    /// <summary>Rate of the recorder's counter, Hz; null when it is the sampling rate.</summary>
    public double? CounterHz { get; init; }

    /// <summary>The counter's value at sample 0.</summary>
    public double BaseCounter { get; init; }

    /// <summary>Samples a signal; null when the header does not say, and the files decide.</summary>
    public long? SampleCount { get; init; }

    /// <summary>Time of day of sample 0, as written (<c>HH:MM:SS</c>); null if unknown.</summary>
    public string? BaseTime { get; init; }

    /// <summary>Date of sample 0, as written (<c>DD/MM/YYYY</c>); null if unknown.</summary>
    public string? BaseDate { get; init; }

    /// <summary>The signals; those of one file follow each other and are interleaved in it.</summary>
    public IReadOnlyList<WfdbSignal> Signals { get; init; } = [];

    /// <summary>The comment lines, without their #.</summary>
    public IReadOnlyList<string> Comments { get; init; } = [];

    /// <summary>Where it was read from, for messages.</summary>
    internal string Source { get; init; } = "";

    /// <summary>The line of each signal in <see cref="Source"/>, for messages.</summary>
    internal IReadOnlyList<int> SignalLines { get; init; } = [];

    /// <summary>Reads a header.</summary>
    /// <param name="stream">The text; not closed.</param>
    /// <param name="fileName">Its name, for messages.</param>
    /// <exception cref="WfdbException">A line breaks a rule.</exception>
    public static WfdbHeader Read(Stream stream, string fileName)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return new HeaderParser(fileName).Parse(stream);
    }

    /// <summary>Writes the header as a file that <see cref="Read"/> takes.</summary>
    /// <param name="stream">Written to; not closed.</param>
    /// <exception cref="ArgumentException">A field would not read back as it is, such as a name with a space.</exception>
    /// <exception cref="WfdbException">A field breaks a rule of the format.</exception>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(HeaderWriter.Write(this));
    }
}
