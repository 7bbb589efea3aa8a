using System.Globalization;
using SignalStream.Terminal.Gateway;
using SignalStream.Terminal.Screen;

namespace SignalStream.Terminal.Watching;

/// <summary>All cards, and how the connection is.</summary>
internal sealed class Board
{
    private readonly SortedDictionary<string, Card> _cards = new(StringComparer.Ordinal);

    /// <summary>A line about the connection.</summary>
    public string Connection { get; private set; } = "connecting";

    public bool IsConnected { get; private set; }

    /// <summary>How often the connection was lost.</summary>
    public int Interruptions { get; private set; }

    /// <summary>The most urgent ones first, else by name.</summary>
    public IEnumerable<Card> Cards => _cards.Values.OrderByDescending(c => c.Urgency);

    public void Apply(FeedMessage message)
    {
        switch (message)
        {
            case Connected:
                (IsConnected, Connection) = (true, "connected");
                break;
            case ConnectionLost lost:
                (IsConnected, Connection) = (false, Describe(lost));
                Interruptions++;
                break;
            case StreamKnown known:
                CardOf(known.Stream).Apply(known);
                break;
            case Happened happened:
                CardOf(happened.Event.Stream).Apply(happened.Event);
                break;
        }
    }

    /// <summary>What has come so far.</summary>
    public Sheet Received() => new(
        ["stream", "life", "received", "last"],
        [.. _cards.Values.Select(c => (IReadOnlyList<string>)[c.Stream, c.Life, c.Count.ToString(CultureInfo.InvariantCulture), c.LastMs is { } ms ? Clock.Text(ms) : "-"])]);

    public static string Describe(ConnectionLost lost) =>
        FormattableString.Invariant($"connection lost: {lost.Reason.TrimEnd('.')}; again in {lost.RetryIn.TotalSeconds:0.0} s");

    private Card CardOf(string stream)
    {
        if (!_cards.TryGetValue(stream, out var card))
            _cards[stream] = card = new Card(stream);
        return card;
    }
}
