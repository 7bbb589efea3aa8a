using System.Text;

namespace SignalStream.Formats.Csv;

/// <summary>A file that is not the table it should be; the message names the line, the value and the rule.</summary>
public sealed class CsvException(string message) : Exception(message);

/// <summary>A CSV file with a header, read line by line: columns by name, in any order, whatever their case.</summary>
/// <remarks>RFC 4180: fields may stand in double quotes, a quote in them is doubled. Departs from it: no line breaks within fields.</remarks>
public sealed class CsvTable
{
    private readonly TextReader _reader;
    private readonly string[] _columns;
    private readonly List<string> _fields = [];

    /// <summary>Reads the header.</summary>
    /// <param name="reader">Stays the caller's.</param>
    /// <exception cref="CsvException">There is none.</exception>
    public CsvTable(TextReader reader)
    {
        _reader = reader;
        var header = reader.ReadLine() ?? throw new CsvException("The file is empty: it must begin with a header.");
        Split(header.TrimStart('\uFEFF'), _fields);
        _columns = [.. _fields.Select(f => f.Trim())];
        LineNumber = 1;
    }

    /// <summary>Of the line read last, from 1, the header.</summary>
    public int LineNumber { get; private set; }

    /// <summary>As the header has them.</summary>
    public IReadOnlyList<string> Columns => _columns;

    /// <summary>Place of the first of these columns that is there; −1 when none is.</summary>
    public int Find(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            var at = Array.FindIndex(_columns, c => c.Equals(name, StringComparison.OrdinalIgnoreCase));
            if (at >= 0) return at;
        }

        return -1;
    }

    /// <summary>Reads the next line that is not empty.</summary>
    /// <returns>Its fields, valid until the next call; null at the end.</returns>
    /// <exception cref="CsvException">It has another number of fields than the header.</exception>
    public IReadOnlyList<string>? ReadRow()
    {
        while (_reader.ReadLine() is { } line)
        {
            LineNumber++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            Split(line, _fields);
            return _fields.Count == _columns.Length
                ? _fields
                : throw new CsvException($"Line {LineNumber} has {_fields.Count} fields, the header {_columns.Length}.");
        }

        return null;
    }

    private static void Split(string line, List<string> fields)
    {
        fields.Clear();
        var field = new StringBuilder();
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quoted && c == '"' && i + 1 < line.Length && line[i + 1] == '"') field.Append(line[i++]);
            else if (c == '"') quoted = !quoted;
            else if (c == ',' && !quoted) Take(fields, field);
            else field.Append(c);
        }

        Take(fields, field);
    }

    private static void Take(List<string> fields, StringBuilder field)
    {
        fields.Add(field.ToString());
        field.Clear();
    }
}
