using System.Globalization;
using SignalStream.Terminal.Events;
using SignalStream.Terminal.Screen;

namespace SignalStream.Terminal.Recording;

/// <summary>Events out of a recording, in its order.</summary>
internal static class RecordingReader
{
    /// <exception cref="ConsoleFailure">It is no recording; the message names the row.</exception>
    public static IEnumerable<StreamEvent> Read(TextReader reader, string name)
    {
        if (Next(reader, name, 1) is not { } header || !header.SequenceEqual(RecordingWriter.Header))
            throw Bad(name, 1, $"the header is {string.Join(',', RecordingWriter.Header)}");
        StreamEvent? open = null;
        var fields = new List<Field>();
        for (long row = 2; Next(reader, name, row) is { } cells; row++)
        {
            var place = Place(cells, name, row);
            var field = new Field(cells[5], cells[6]);
            if (open is not null && (place != open || fields.Exists(f => f.Name == field.Name)))
            {
                yield return open with { Fields = [.. fields] };
                fields.Clear();
            }

            open = place with { Fields = [] };
            fields.Add(field);
        }

        if (open is not null)
            yield return open with { Fields = [.. fields] };
    }

    private static StreamEvent Place(List<string> cells, string name, long row)
    {
        if (cells.Count != RecordingWriter.Header.Length)
            throw Bad(name, row, $"{cells.Count} values; a row has {RecordingWriter.Header.Length}");
        var time = Clock.Parse(cells[0]) ?? throw Bad(name, row, $"\"{cells[0]}\" is no time like {Clock.FullText(0)}");
        return new StreamEvent(time, cells[1], cells[2], Whole(cells[3], name, row), Whole(cells[4], name, row), []);
    }

    private static long Whole(string text, string name, long row) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : throw Bad(name, row, $"\"{text}\" is no whole number");

    private static List<string>? Next(TextReader reader, string name, long row)
    {
        try
        {
            return CsvText.Read(reader);
        }
        catch (InvalidDataException exception)
        {
            throw Bad(name, row, exception.Message);
        }
    }

    private static ConsoleFailure Bad(string name, long row, string rule) => new(ExitCode.File, $"{name}, row {row}: {rule}.");
}
