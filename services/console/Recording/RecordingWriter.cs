using System.Globalization;
using SignalStream.Terminal.Events;
using SignalStream.Terminal.Gateway;
using SignalStream.Terminal.Screen;

namespace SignalStream.Terminal.Recording;

/// <summary>A recording: one row a value, so that a spreadsheet or a script can take single fields.</summary>
internal sealed class RecordingWriter(TextWriter writer)
{
    public const string ConnectionKind = "connection";

    public static readonly string[] Header = ["time", "stream", "kind", "epoch", "index", "field", "value"];

    private readonly HashSet<string> _streams = [];

    public long Events { get; private set; }

    public int Streams => _streams.Count;

    public void WriteHeader() => CsvText.Write(writer, Header);

    public void Write(StreamEvent e)
    {
        Events++;
        _streams.Add(e.Stream);
        foreach (var field in e.Fields.DefaultIfEmpty(new Field("", "")))
            Row(e, field);
    }

    /// <summary>What follows may come late, or be missing if the logs no longer have it: the recording says where.</summary>
    public void Write(ConnectionLost lost, double nowMs) =>
        Row(new StreamEvent(nowMs, "", ConnectionKind, 0, 0, []), new Field("lost", lost.Reason));

    private void Row(StreamEvent e, Field field) => CsvText.Write(writer,
    [
        Clock.FullText(e.TimeMs), e.Stream, e.Kind, e.Epoch.ToString(CultureInfo.InvariantCulture),
        e.Index.ToString(CultureInfo.InvariantCulture), field.Name, field.Value,
    ]);
}
