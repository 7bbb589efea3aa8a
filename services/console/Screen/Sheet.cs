using Spectre.Console;

namespace SignalStream.Terminal.Screen;

/// <summary>A table that goes to a terminal with lines and to a file or pipe without.</summary>
/// <param name="Columns">Headings.</param>
/// <param name="Rows">As many cells each.</param>
internal sealed record Sheet(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>Columns aligned, two spaces between, nothing cut.</summary>
    public IEnumerable<string> Lines()
    {
        var all = Rows.Prepend(Columns).Select(row => row.Select(Plain.Text).ToArray()).ToArray();
        var widths = Columns.Select((_, column) => all.Max(row => row[column].Length)).ToArray();
        return all.Select(row => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    public Table ToTable()
    {
        var table = new Table().RoundedBorder();
        foreach (var column in Columns)
            table.AddColumn(new TableColumn(new Text(Plain.Text(column))));
        foreach (var row in Rows)
            table.AddRow(row.Select(cell => new Text(Plain.Text(cell))));
        return table;
    }

    public void WriteTo(Surroundings around, bool isPlain)
    {
        if (!isPlain)
        {
            around.Ansi.Write(ToTable());
            return;
        }

        foreach (var line in Lines())
            around.Out.WriteLine(line);
    }
}
