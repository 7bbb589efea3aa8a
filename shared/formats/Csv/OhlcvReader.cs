using System.Globalization;

namespace SignalStream.Formats.Csv;

/// <summary>A line of a file of market bars, as it stands there.</summary>
/// <param name="TimeNs">ns since the Unix epoch.</param>
/// <param name="Open">First price; the close where the file has no such column.</param>
/// <param name="High">Highest price, likewise.</param>
/// <param name="Low">Lowest price, likewise.</param>
/// <param name="Close">Last price.</param>
/// <param name="Volume">What was traded; 0 where the file does not say.</param>
public readonly record struct OhlcvRow(long TimeNs, double Open, double High, double Low, double Close, double Volume);

/// <summary>Reads market bars from CSV: any order of columns, found by the header.</summary>
public sealed class OhlcvReader
{
    private readonly CsvTable _table;
    private readonly int _time;
    private readonly int _open;
    private readonly int _high;
    private readonly int _low;
    private readonly int _close;
    private readonly int _volume;

    /// <summary>Reads the header.</summary>
    /// <param name="reader">Stays the caller's.</param>
    /// <exception cref="CsvException">A column of times or closes is missing.</exception>
    public OhlcvReader(TextReader reader)
    {
        _table = new CsvTable(reader);
        _time = Need("a time", "timestamp", "time", "date", "datetime", "open_time", "t");
        _close = Need("a closing price", "close", "close_price", "c", "last", "price", "adj close");
        _open = _table.Find("open", "o");
        _high = _table.Find("high", "h");
        _low = _table.Find("low", "l");
        _volume = _table.Find("volume", "vol", "v");
    }

    /// <summary>Reads the next bar; null at the end.</summary>
    /// <exception cref="CsvException">A field is no time or no number.</exception>
    public OhlcvRow? Read()
    {
        if (_table.ReadRow() is not { } fields) return null;
        if (!CsvTime.TryParse(fields[_time], out var timeNs))
            throw new CsvException($"Line {_table.LineNumber}: '{fields[_time]}' is no time.");
        var close = Number(fields, _close, 0);
        return new OhlcvRow(
            timeNs, Number(fields, _open, close), Number(fields, _high, close), Number(fields, _low, close), close, Number(fields, _volume, 0));
    }

    /// <summary>Reads all that is left.</summary>
    public IEnumerable<OhlcvRow> ReadAll()
    {
        while (Read() is { } row)
            yield return row;
    }

    private int Need(string what, params ReadOnlySpan<string> names)
    {
        var at = _table.Find(names);
        return at >= 0
            ? at
            : throw new CsvException($"No column is {what}: one of {string.Join(", ", names.ToArray())} is needed, there are {string.Join(", ", _table.Columns)}.");
    }

    private double Number(IReadOnlyList<string> fields, int column, double missing)
    {
        if (column < 0 || fields[column].Length == 0) return missing;
        return double.TryParse(fields[column], NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value
            : throw new CsvException($"Line {_table.LineNumber}: '{fields[column]}' under {_table.Columns[column]} is no number.");
    }
}
