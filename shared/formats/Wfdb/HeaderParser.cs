using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SignalStream.Formats.Wfdb;

/// <summary>Reads a header line by line; every refusal names the file, the line, the value and the rule.</summary>
internal sealed partial class HeaderParser(string fileName)
{
    // Bounds far beyond any record, so that sizes in bytes fit a long and a hostile file costs nothing.
    private const int MaxBytes = 1 << 20;
    private const int MaxSignals = 1024;
    private const long MaxCount = 1_000_000_000_000_000;
    private const double SmallestGain = 1e-9;

    private static readonly char[] Blanks = [' ', '\t'];

    private readonly List<string> _comments = [];
    private readonly List<WfdbSignal> _signals = [];
    private readonly List<int> _signalLines = [];
    private int _line;

    public WfdbHeader Parse(Stream stream)
    {
        using var reader = new StringReader(ReadText(stream));
        var recordLine = NextLine(reader) ?? throw Broken("", "a header must have a record line.");
        var fields = recordLine.Split(Blanks, StringSplitOptions.RemoveEmptyEntries);
        var header = RecordLine(fields, out var signalCount);
        for (var i = 0; i < signalCount; i++)
            AddSignal(NextLine(reader) ?? throw Broken(fields[1], $"the record line promises {signalCount} signals; the header has {i}."));
        if (NextLine(reader) is { } excess)
            throw Broken(excess, $"after the {signalCount} signals that the record line promises only comments may follow.");
        return header;
    }

    private string ReadText(Stream stream)
    {
        using var text = new MemoryStream();
        var buffer = new byte[4096];
        for (var length = stream.Read(buffer); length > 0; length = stream.Read(buffer))
        {
            text.Write(buffer, 0, length);
            if (text.Length > MaxBytes)
                throw Broken($"{text.Length} bytes", $"a header must not be longer than {MaxBytes} bytes.");
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    /// <summary>The next line that is neither empty nor a comment; comments are kept.</summary>
    private string? NextLine(StringReader reader)
    {
        while (reader.ReadLine() is { } line)
        {
            _line++;
            var text = line.Trim();
            if (text.StartsWith('#'))
                _comments.Add(text[1..]);
            else if (text.Length > 0)
                return text;
        }

        return null;
    }

    /// <summary><c>name signals rate/counter(base) samples time date</c>, all but the first two optional.</summary>
    private WfdbHeader RecordLine(string[] fields, out int signalCount)
    {
        if (fields[0].Contains('/', StringComparison.Ordinal))
            throw Broken(fields[0], "records of several segments are not supported; give one of its segments.");
        if (fields.Length < 2)
            throw Broken(fields[0], "a record line must have the number of signals after the name.");

        signalCount = (int)Whole(fields[1], 0, MaxSignals, "number of signals");
        var rate = Rate(fields.Length > 2 ? fields[2] : null);
        var samples = fields.Length > 3 ? Whole(fields[3], 0, MaxCount, "number of samples") : 0;
        return new WfdbHeader
        {
            RecordName = fields[0],
            RateHz = rate.Hz,
            CounterHz = rate.CounterHz,
            BaseCounter = rate.Base,
            SampleCount = samples == 0 ? null : samples,
            BaseTime = fields.Length > 4 ? fields[4] : null,
            BaseDate = fields.Length > 5 ? fields[5] : null,
            Signals = _signals,
            Comments = _comments,
            Source = fileName,
            SignalLines = _signalLines,
        };
    }

    private (double Hz, double? CounterHz, double Base) Rate(string? field)
    {
        if (field is null)
            return (WfdbHeader.DefaultRateHz, null, 0);

        var match = RateField().Match(field);
        if (!match.Success)
            throw Broken(field, "the sampling rate must be RATE, RATE/COUNTER or RATE/COUNTER(BASE).");
        var hz = Number(match.Groups["rate"].Value, "sampling rate");
        if (hz <= 0)
            throw Broken(field, "the sampling rate must be above 0 Hz.");
        var counterHz = match.Groups["counter"].Success ? Number(match.Groups["counter"].Value, "counter rate") : (double?)null;
        if (counterHz <= 0)
            counterHz = null; // As the format has it: none, or the sampling rate.
        return (hz, counterHz, match.Groups["base"].Success ? Number(match.Groups["base"].Value, "base counter value") : 0);
    }

    /// <summary><c>file format gain(baseline)/units resolution zero initial checksum block description</c>.</summary>
    private void AddSignal(string line)
    {
        var fields = line.Split(Blanks, 9, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 2)
            throw Broken(line, "a signal line must have a file and a format.");

        var adcZero = fields.Length > 4 ? (int)Whole(fields[4], int.MinValue, int.MaxValue, "ADC zero") : 0;
        var signal = Storage(fields) with
        {
            AdcResolution = Resolution(fields),
            AdcZero = adcZero,
            Baseline = adcZero,
            InitialValue = fields.Length > 5 ? (int)Whole(fields[5], int.MinValue, int.MaxValue, "initial value") : null,
            // Some writers give it signed, some unsigned: 16 bits either way.
            Checksum = fields.Length > 6 ? (short)Whole(fields[6], short.MinValue, ushort.MaxValue, "checksum") : null,
            BlockSize = fields.Length > 7 ? (int)Whole(fields[7], 0, int.MaxValue, "block size") : 0,
            Description = fields.Length > 8 ? fields[8] : "",
        };
        _signals.Add(fields.Length > 2 ? WithGain(signal, fields[2]) : signal with { IsCalibrated = false });
        _signalLines.Add(_line);
        CheckNeighbour();
    }

    private WfdbSignal Storage(string[] fields)
    {
        var match = FormatField().Match(fields[1]);
        if (!match.Success)
            throw Broken(fields[1], "the format must be FORMAT, with xSAMPLES, :SKEW and +OFFSET after it where needed.");

        var format = Whole(match.Groups["format"].Value, 0, int.MaxValue, "format");
        if (format is not ((long)WfdbFormat.Format16) and not ((long)WfdbFormat.Format212))
            throw Broken(fields[1], "the format must be 16 or 212; others are not supported.");
        if (Optional(match, "perFrame", 1) != 1)
            throw Broken(fields[1], "more than one sample a frame is not supported.");
        return new WfdbSignal
        {
            FileName = PlainName(fields[0]),
            Format = (WfdbFormat)format,
            Skew = (int)Optional(match, "skew", 0),
            ByteOffset = Optional(match, "offset", 0),
        };
    }

    /// <summary>A header must not reach out of its folder, on any system.</summary>
    private string PlainName(string name) =>
        name is not ("." or ".." or "-" or "~") && name.IndexOfAny(['/', '\\', ':', '\0']) < 0
            ? name
            : throw Broken(name, "the file must be named without a path: it lies beside its header.");

    private int Resolution(string[] fields)
    {
        var bits = fields.Length > 3 ? (int)Whole(fields[3], 0, 32, "ADC resolution") : 0;
        return bits == 0 ? 12 : bits;
    }

    private WfdbSignal WithGain(WfdbSignal signal, string field)
    {
        var match = GainField().Match(field);
        if (!match.Success)
            throw Broken(field, "the gain must be GAIN, with (BASELINE) and /UNITS after it where needed.");

        var gain = Number(match.Groups["gain"].Value, "gain");
        if (gain != 0 && Math.Abs(gain) < SmallestGain)
            throw Broken(field, "the gain must be 0 (unknown) or at least 1e-9 in size.");
        var baseline = match.Groups["baseline"];
        var units = match.Groups["units"];
        return signal with
        {
            Gain = gain == 0 ? WfdbSignal.DefaultGain : gain,
            IsCalibrated = gain != 0,
            Baseline = baseline.Success ? (int)Whole(baseline.Value, int.MinValue, int.MaxValue, "baseline") : signal.Baseline,
            Units = units.Success ? units.Value : "mV",
        };
    }

    /// <summary>Signals of one file are interleaved in it, so they stand together and agree on its layout.</summary>
    private void CheckNeighbour()
    {
        var signal = _signals[^1];
        var before = _signals.Count - 2;
        var first = _signals.FindIndex(other => other.FileName == signal.FileName);
        if (first > before)
            return;
        if (_signals[before].FileName != signal.FileName)
            throw Broken(signal.FileName, "the signals of one file must follow each other.");
        if (_signals[before].Format != signal.Format || _signals[before].ByteOffset != signal.ByteOffset)
            throw Broken(signal.FileName, "the signals of one file must have the same format and byte offset.");
    }

    private long Optional(Match match, string name, long absent) =>
        match.Groups[name].Success ? Whole(match.Groups[name].Value, 0, int.MaxValue, name) : absent;

    private long Whole(string text, long least, long most, string what) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
            ? value
            : throw Broken(text, $"the {what} must be a whole number from {least} to {most}.");

    private double Number(string text, string what) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : throw Broken(text, $"the {what} must be a finite number.");

    private WfdbException Broken(string value, string rule) => new(fileName, _line, value, rule);

    [GeneratedRegex(@"^(?<rate>[^/()]+)(/(?<counter>[^/()]+)(\((?<base>[^/()]+)\))?)?$")]
    private static partial Regex RateField();

    [GeneratedRegex(@"^(?<format>[0-9]+)(x(?<perFrame>[0-9]+))?(:(?<skew>[0-9]+))?(\+(?<offset>[0-9]+))?$")]
    private static partial Regex FormatField();

    [GeneratedRegex(@"^(?<gain>[^/()]+)(\((?<baseline>[^/()]+)\))?(/(?<units>.+))?$")]
    private static partial Regex GainField();
}
