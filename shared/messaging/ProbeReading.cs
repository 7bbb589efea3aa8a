namespace SignalStream.Messaging;

/// <summary>How a target is probed. The numbers are the wire's.</summary>
public enum ProbeKind
{
    /// <summary>Not said.</summary>
    Unknown = 0,

    /// <summary>ICMP echo.</summary>
    Icmp = 1,

    /// <summary>A TCP connection is opened.</summary>
    Tcp = 2,

    /// <summary>UDP echo.</summary>
    Udp = 3,

    /// <summary>HTTP or HTTPS GET.</summary>
    Http = 4,

    /// <summary>A DNS query.</summary>
    Dns = 5,

    /// <summary>No network is behind it.</summary>
    Simulated = 6,
}

/// <summary>What became of a probe. The numbers are the wire's.</summary>
public enum ProbeOutcome
{
    /// <summary>Not said.</summary>
    Unknown = 0,

    /// <summary>An answer came in time.</summary>
    Answered = 1,

    /// <summary>None came.</summary>
    TimedOut = 2,

    /// <summary>Somebody said no: a closed port, an unreachable network, a failing status.</summary>
    Refused = 3,

    /// <summary>The name has no address.</summary>
    Unresolved = 4,

    /// <summary>It could not be sent.</summary>
    Failed = 5,
}

/// <summary>How long the parts of an HTTP probe took, ms; 0: not done, as on a connection that stood.</summary>
/// <param name="ResolveMs">The name's address.</param>
/// <param name="ConnectMs">TCP.</param>
/// <param name="TlsMs">TLS.</param>
/// <param name="FirstByteMs">From the request being sent to the answer's first byte.</param>
/// <param name="TotalMs">All of it.</param>
/// <param name="Status">Of the answer.</param>
/// <param name="Version">Of HTTP, such as <c>2.0</c>.</param>
public sealed record ProbePhases(
    double ResolveMs, double ConnectMs, double TlsMs, double FirstByteMs, double TotalMs, int Status, string Version);

/// <summary>One probe of a network target; a time-out is a reading as well.</summary>
/// <param name="Epoch">Unix seconds when its producer began with the target, or one more than the epoch before.</param>
/// <param name="Index">Number of the reading in the epoch.</param>
/// <param name="SentNs">When the probe left, ns since the Unix epoch.</param>
/// <param name="Probe">How it is probed.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="RttMs">Until the answer was there, ms; 0 without one.</param>
public sealed record ProbeReading(uint Epoch, ulong Index, long SentNs, ProbeKind Probe, ProbeOutcome Outcome, double RttMs)
{
    /// <summary>What is probed: address, name or URL.</summary>
    public string Target { get; init; } = "";

    /// <summary>Where it is.</summary>
    public string Region { get; init; } = "";

    /// <summary>The address that answered or was asked, where a name was resolved.</summary>
    public string Address { get; init; } = "";

    /// <summary>For people: why there is no answer; null when there is one.</summary>
    public string? Error { get; init; }

    /// <summary>Whether no network is behind it.</summary>
    public bool IsSimulated { get; init; }

    /// <summary>From one probe to the next, ms.</summary>
    public double IntervalMs { get; init; }

    /// <summary>A probe without an answer for so long is lost, ms.</summary>
    public double TimeoutMs { get; init; }

    /// <summary>Parts of an HTTP probe; null for others.</summary>
    public ProbePhases? Phases { get; init; }
}
