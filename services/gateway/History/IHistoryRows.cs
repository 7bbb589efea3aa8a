using System.Text.Json;
using SignalStream.Gateway.Csv;
using SignalStream.Messaging.Logs;

namespace SignalStream.Gateway.History;

/// <summary>What a log's messages say, one after the other, as JSON or as rows of CSV.</summary>
internal interface IHistoryRows
{
    /// <summary>Names of the CSV's columns.</summary>
    IEnumerable<string> Columns { get; }

    /// <summary>Takes the next message; false when it breaks a rule.</summary>
    /// <param name="logged">From the log.</param>
    /// <param name="times">Event time of what it says, first and last, ns since the Unix epoch.</param>
    bool TryRead(in LoggedMessage logged, out (long FirstNs, long LastNs) times);

    /// <summary>What was read, as the fields of an object.</summary>
    void Write(Utf8JsonWriter json);

    /// <summary>What was read, as one or more rows.</summary>
    void Write(CsvRow row);
}
