namespace SignalStream.Terminal.Screen;

/// <summary>Text from elsewhere, fit for a terminal: no escape sequence in it acts.</summary>
internal static class Plain
{
    public static string Text(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text;
}
