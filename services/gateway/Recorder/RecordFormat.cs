using System.Buffers;
using SignalStream.Contracts;
using SignalStream.Gateway.Csv;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;

namespace SignalStream.Gateway.Recorder;

/// <summary>A reading as a row: when the log had it, its place there, its stream, then what it says.</summary>
internal static class RecordFormat
{
    /// <summary>Columns of a kind's files; null when its readings are not known here.</summary>
    public static IReadOnlyList<string>? ColumnsOf(string kind) => kind switch
    {
        "net" => ["stored", "sequence", "stream", .. ReadingCsv.ProbeColumns],
        "market" => ["stored", "sequence", "stream", .. ReadingCsv.PriceColumns],
        _ => null,
    };

    /// <summary>Writes the row; false when the reading breaks a rule or is of a kind that is not known.</summary>
    public static bool TryWrite(IBufferWriter<byte> output, StreamId stream, in LoggedMessage logged)
    {
        var row = new CsvRow(output);
        switch (stream.Kind)
        {
            case "net" when ReadingCodec.TryDecode(logged.Bytes.Span, out var probe, out _):
                Head(row, stream, logged);
                ReadingCsv.Cells(row, probe);
                break;
            case "market" when PriceCodec.TryDecode(logged.Bytes.Span, out var bar, out _):
                Head(row, stream, logged);
                ReadingCsv.Cells(row, bar);
                break;
            default:
                return false;
        }

        row.End();
        return true;
    }

    private static void Head(CsvRow row, StreamId stream, in LoggedMessage logged)
    {
        row.Time(EventTime.Of(logged.Stored));
        row.Whole(logged.Sequence);
        row.Text(stream.ToString());
    }
}
