using System.Buffers;
using System.Globalization;
using System.Text;

namespace Prometheus;

/// <summary>Writes metrics as text, line by line, UTF-8.</summary>
/// <remarks>
/// The formats differ in four things: in OpenMetrics a counter's family is named without <c>_total</c>, numbers have a
/// decimal point, quotes in help texts are escaped, and the document ends in <c># EOF</c>.
/// </remarks>
internal sealed class ExpositionWriter(ExpositionFormat format)
{
    private readonly ArrayBufferWriter<byte> _buffer = new(16 * 1024);
    private readonly bool _openMetrics = format == ExpositionFormat.OpenMetricsText;

    public void Family(Collector collector)
    {
        var (name, type) = FamilyName(collector);
        if (!string.IsNullOrWhiteSpace(collector.Help))
            Text($"# HELP {name} {EscapeHelp(collector.Help)}\n");
        Text($"# TYPE {name} {type}\n");
    }

    public void Sample(ReadOnlySpan<byte> name, string suffix, ReadOnlySpan<byte> labels, double value)
    {
        Series(name, suffix, labels);
        Number(value);
        _buffer.Write("\n"u8);
    }

    /// <summary>Counts are whole in both formats.</summary>
    public void Sample(ReadOnlySpan<byte> name, string suffix, ReadOnlySpan<byte> labels, long value)
    {
        Series(name, suffix, labels);
        Text(string.Create(CultureInfo.InvariantCulture, $"{value}\n"));
    }

    public void Bucket(ReadOnlySpan<byte> name, ReadOnlySpan<byte> labels, double upperBound, long count)
    {
        _buffer.Write(name);
        _buffer.Write("_bucket{"u8);
        if (!labels.IsEmpty)
        {
            _buffer.Write(labels);
            _buffer.Write(","u8);
        }

        _buffer.Write("le=\""u8);
        Number(upperBound);
        Text(string.Create(CultureInfo.InvariantCulture, $"\"}} {count}\n"));
    }

    public ReadOnlyMemory<byte> Finish()
    {
        if (_openMetrics)
            _buffer.Write("# EOF\n"u8);
        return _buffer.WrittenMemory;
    }

    private void Series(ReadOnlySpan<byte> name, string suffix, ReadOnlySpan<byte> labels)
    {
        _buffer.Write(name);
        Text(suffix);
        if (!labels.IsEmpty)
        {
            _buffer.Write("{"u8);
            _buffer.Write(labels);
            _buffer.Write("}"u8);
        }

        _buffer.Write(" "u8);
    }

    /// <summary>A counter that does not end in <c>_total</c> cannot be an OpenMetrics counter.</summary>
    private (string Name, string Type) FamilyName(Collector collector)
    {
        const string total = "_total";
        if (!_openMetrics || collector.Type != MetricType.Counter)
            return (collector.Name, NameOf(collector.Type));
        return collector.Name.EndsWith(total, StringComparison.Ordinal)
            ? (collector.Name[..^total.Length], "counter")
            : (collector.Name, "unknown");
    }

    private static string NameOf(MetricType type) => type switch
    {
        MetricType.Counter => "counter",
        MetricType.Gauge => "gauge",
        MetricType.Summary => "summary",
        _ => "histogram",
    };

    private string EscapeHelp(string help)
    {
        var escaped = help.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal);
        return _openMetrics ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }

    private void Number(double value)
    {
        if (double.IsFinite(value))
            FiniteNumber(value);
        else
            _buffer.Write(double.IsNaN(value) ? "NaN"u8 : value > 0 ? "+Inf"u8 : "-Inf"u8);
    }

    /// <summary>The shortest text that reads back as the same double.</summary>
    private void FiniteNumber(double value)
    {
        var text = _buffer.GetSpan(32);
        value.TryFormat(text, out var length, "g", CultureInfo.InvariantCulture);
        var isWhole = text[..length].IndexOfAny((byte)'.', (byte)'e') < 0;
        _buffer.Advance(length);
        if (_openMetrics && isWhole)
            _buffer.Write(".0"u8);
    }

    private void Text(string text) => Encoding.UTF8.GetBytes(text, _buffer);
}
