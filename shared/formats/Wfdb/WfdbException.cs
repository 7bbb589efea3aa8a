namespace SignalStream.Formats.Wfdb;

/// <summary>A WFDB file breaks a rule of its format, or of what is read here.</summary>
/// <param name="file">Name of the file that is wrong.</param>
/// <param name="line">Line in it, from 1; 0 when it has no lines.</param>
/// <param name="value">The text or number that was found.</param>
/// <param name="rule">What it must be instead.</param>
public sealed class WfdbException(string file, int line, string value, string rule)
    : FormatException(line > 0 ? $"{file}, line {line}: '{value}': {rule}" : $"{file}: '{value}': {rule}")
{
    /// <summary>Name of the file that is wrong.</summary>
    public string File { get; } = file;

    /// <summary>Line in it, from 1; 0 when it has no lines.</summary>
    public int Line { get; } = line;

    /// <summary>The text or number that was found.</summary>
    public string Value { get; } = value;

    /// <summary>What it must be instead.</summary>
    public string Rule { get; } = rule;
}
