using SignalStream.Terminal.Screen;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace SignalStream.Terminal.Watching;

/// <summary>A board as coloured cards.</summary>
internal static class CardView
{
    public static Rows Of(Board board, string typed, IRenderable? answer)
    {
        var parts = new List<IRenderable>
        {
            new Text(Plain.Text(board.Connection), new Style(board.IsConnected ? Color.Green : Color.Red)),
            new Text("> " + Plain.Text(typed) + "_   status, stats, quit", new Style(Color.Grey)),
        };
        if (answer is not null)
            parts.Add(answer);
        parts.Add(new Columns(board.Cards.Select(Panel)));
        return new Rows(parts);
    }

    private static Panel Panel(Card card)
    {
        var lines = card.Lines().Select(line => (IRenderable)new Text(
            Plain.Text($"{line.Kind}: {line.Text}"), line.Kind == "alert" ? new Style(Color.Red, decoration: Decoration.Bold) : Style.Plain));
        var title = Plain.Text($"{card.Stream} {card.Label}{(card.IsSimulated ? " (simulated)" : "")}{(card.Life == "live" ? "" : " " + card.Life)}");
        return new Panel(new Rows(lines.DefaultIfEmpty(new Text("nothing yet", new Style(Color.Grey)))))
        {
            Header = new PanelHeader(Markup.Escape(title)),
            Border = BoxBorder.Rounded,
            BorderStyle = new Style(ColorOf(card.Urgency)),
        };
    }

    private static Color ColorOf(Urgency urgency) => urgency switch
    {
        Urgency.Alarm => Color.Red,
        Urgency.Notable => Color.Yellow,
        Urgency.Calm => Color.Green,
        _ => Color.Grey,
    };
}
