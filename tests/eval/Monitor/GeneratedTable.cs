namespace SignalStream.Eval.Monitor;

/// <summary>Replaces what stands between two markers of a document by a table.</summary>
internal static class GeneratedTable
{
    public static void Write(string document, string name, IEnumerable<string> lines)
    {
        var (begin, end) = ($"<!-- {name}: begin, generated -->", $"<!-- {name}: end -->");
        var text = File.ReadAllText(document);
        var (from, to) = (text.IndexOf(begin, StringComparison.Ordinal), text.IndexOf(end, StringComparison.Ordinal));
        if (from < 0 || to < from) throw new InvalidOperationException($"{document} has no place between {begin} and {end}.");
        File.WriteAllText(document, $"{text[..from]}{begin}\n\n{string.Join('\n', lines)}\n\n{text[to..]}");
    }
}
