using System.Text;

namespace SignalStream.Terminal.Recording;

/// <summary>Lines of comma-separated values after RFC 4180.</summary>
internal static class CsvText
{
    private const int LongestRecord = 1 << 20;

    public static void Write(TextWriter writer, ReadOnlySpan<string> cells)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            if (i > 0)
                writer.Write(',');
            writer.Write(Quoted(cells[i]));
        }

        writer.Write("\r\n");
    }

    /// <returns>Null at the end.</returns>
    /// <exception cref="InvalidDataException">A quote is not closed, or a record too long.</exception>
    public static List<string>? Read(TextReader reader)
    {
        if (reader.Peek() < 0)
            return null;
        var cells = new List<string>();
        var cell = new StringBuilder();
        var isQuoted = false;
        for (var length = 0; ; length++)
        {
            var next = reader.Read();
            if (length > LongestRecord || (next < 0 && isQuoted))
                throw new InvalidDataException("a quoted value does not end");
            if (isQuoted && next == '"' && reader.Peek() == '"')
                cell.Append((char)reader.Read());
            else if (next == '"')
                isQuoted = !isQuoted;
            else if (isQuoted)
                cell.Append((char)next);
            else if (next is ',' or '\n' or < 0)
            {
                cells.Add(cell.ToString());
                cell.Clear();
                if (next != ',')
                    return cells;
            }
            else if (next != '\r')
                cell.Append((char)next);
        }
    }

    private static string Quoted(string cell) =>
        cell.AsSpan().ContainsAny(",\"\r\n") ? "\"" + cell.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" : cell;
}
