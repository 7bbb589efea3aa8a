using System.Buffers;
using System.Globalization;
using System.Text;

namespace SignalStream.Gateway.Csv;

/// <summary>Rows of comma-separated values after RFC 4180, in UTF-8, cell by cell; a row is always one line.</summary>
internal sealed class CsvRow(IBufferWriter<byte> output)
{
    private const int LongestNumber = 40;
    private static readonly SearchValues<char> s_quoted = SearchValues.Create(",\"\r\n");

    private bool _isBegun;

    /// <summary>Names of columns, as a row.</summary>
    public void Header(IEnumerable<string> names)
    {
        foreach (var name in names)
            Text(name);
        End();
    }

    public void Text(string? value)
    {
        Separate();
        if (string.IsNullOrEmpty(value))
            return;
        if (value.AsSpan().ContainsAny('\r', '\n'))
            value = value.ReplaceLineEndings(" ");
        var text = value.AsSpan().ContainsAny(s_quoted) ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
        var span = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        output.Advance(Encoding.UTF8.GetBytes(text, span));
    }

    /// <summary>What is unknown, or no number, is an empty cell.</summary>
    public void Number(double? value)
    {
        if (value is { } known && double.IsFinite(known)) Format(known);
        else Separate();
    }

    /// <summary>Of four bytes: 0.8 stays 0.8.</summary>
    public void Number(float value)
    {
        if (float.IsFinite(value)) Format(value);
        else Separate();
    }

    public void Whole(long value) => Format(value);

    public void Whole(ulong value) => Format(value);

    public void Truth(bool value) => Text(value ? "true" : "false");

    /// <summary>ns since the Unix epoch, in RFC 3339 to the microsecond.</summary>
    public void Time(long ns)
    {
        Separate();
        var moment = new DateTime(DateTime.UnixEpoch.Ticks + (ns / 100), DateTimeKind.Utc);
        moment.TryFormat(output.GetSpan(LongestNumber), out var written, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    public void End()
    {
        "\r\n"u8.CopyTo(output.GetSpan(2));
        output.Advance(2);
        _isBegun = false;
    }

    private void Format<T>(T value)
        where T : IUtf8SpanFormattable
    {
        Separate();
        value.TryFormat(output.GetSpan(LongestNumber), out var written, default, CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    private void Separate()
    {
        if (_isBegun)
        {
            output.GetSpan(1)[0] = (byte)',';
            output.Advance(1);
        }

        _isBegun = true;
    }
}
