namespace SignalStream.Formats.Wfdb;

/// <summary>How samples are stored; the number is the one in the header.</summary>
public enum WfdbFormat
{
    /// <summary>Two bytes a sample, little-endian, −32,768 for no sample.</summary>
    Format16 = 16,

    /// <summary>Three bytes for two samples of 12 bits, −2,048 for no sample.</summary>
    Format212 = 212,
}

/// <summary>One signal of a record: a signal specification line of its header.</summary>
/// <remarks>Defaults are those of the format where a header leaves a field out.</remarks>
public sealed record WfdbSignal
{
    /// <summary>Gain of a signal whose header gives none, units a physical unit.</summary>
    public const double DefaultGain = 200;

    /// <summary>File of the samples: a plain name, in the folder of the header.</summary>
    public required string FileName { get; init; }

    /// <summary>How the samples are stored.</summary>
    public required WfdbFormat Format { get; init; }

    /// <summary>By how many samples the signal lags behind the others as stored. Read, but not corrected for.</summary>
    public int Skew { get; init; }

    /// <summary>Bytes in the file before the first sample.</summary>
    public long ByteOffset { get; init; }

    /// <summary>Digital units a physical unit; not zero. Negative for an inverted lead.</summary>
    public double Gain { get; init; } = DefaultGain;

    /// <summary>False when the header gives no gain: physical values are then a guess by the default gain.</summary>
    public bool IsCalibrated { get; init; } = true;

    /// <summary>Digital value of physical zero.</summary>
    public int Baseline { get; init; }

    /// <summary>Physical unit, without spaces.</summary>
    public string Units { get; init; } = "mV";

    /// <summary>Resolution of the converter, bits.</summary>
    public int AdcResolution { get; init; } = 12;

    /// <summary>Digital value in the middle of the converter's range.</summary>
    public int AdcZero { get; init; }

    /// <summary>First sample as the header has it; null if it does not say.</summary>
    public int? InitialValue { get; init; }

    /// <summary>Sum of all samples modulo 2^16 as the header has it; null if it does not say.</summary>
    public short? Checksum { get; init; }

    /// <summary>Block size of the file for devices that need one; 0 for ordinary files.</summary>
    public int BlockSize { get; init; }

    /// <summary>What was recorded: the name of the lead, mostly.</summary>
    public string Description { get; init; } = "";

    /// <summary>The physical value of a stored one; NaN for the value that stands for no sample.</summary>
    /// <param name="digital">As stored.</param>
    public float ToPhysical(short digital) =>
        digital == SampleCodec.Missing(Format) ? float.NaN : (float)((digital - Baseline) / Gain);

    /// <summary>The nearest value that the format can store; NaN becomes the value that stands for no sample.</summary>
    /// <param name="physical">In <see cref="Units"/>.</param>
    public short ToDigital(float physical)
    {
        var missing = SampleCodec.Missing(Format);
        return float.IsNaN(physical)
            ? missing
            : (short)Math.Clamp(Math.Round((physical * Gain) + Baseline), missing + 1, -(missing + 1));
    }
}
