using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SignalStream.Gateway.History;

/// <summary>How much of the logs is read over HTTP, so that live viewers do not notice. Section <c>History</c>.</summary>
internal sealed class HistoryOptions
{
    /// <summary>Requests that read at once; a browser asks for six at most.</summary>
    [Range(1, 256)] public int Readers { get; set; } = 4;

    /// <summary>
    /// Of these, requests of one client address (an IPv6 network of 64 bits): one who reads slowly leaves turns to others. This
    /// machine's own are not counted.
    /// </summary>
    [Range(1, 256)] public int ReadersPerAddress { get; set; } = 2;

    /// <summary>Requests that wait for their turn, a quarter of them of one address; more are refused.</summary>
    [Range(0, 10_000)] public int Waiting { get; set; } = 256;

    /// <summary>Messages a second that all requests together read: what a core does in about a second.</summary>
    [Range(100, 10_000_000)] public int MessagesPerSecond { get; set; } = 100_000;

    /// <summary>Most messages that one request answers.</summary>
    [Range(1, 100_000_000)] public int MostRows { get; set; } = 1_000_000;

    /// <summary>A request that is not done by then is cut, s: who reads too slowly holds a turn that others wait for.</summary>
    [Range(1, 86_400)] public int Seconds { get; set; } = 300;
}

[OptionsValidator]
internal sealed partial class HistoryOptionsValidator : IValidateOptions<HistoryOptions>;
