using SignalStream.Contracts;

namespace SignalStream.Messaging.Partitions;

/// <summary>What decides besides the input, in the input's own log: all owners act on it from there.</summary>
internal abstract record ControlRecord;

/// <summary>A second has passed; when the log stored it is the time that counts.</summary>
internal sealed record TickRecord(long Second) : ControlRecord
{
    public static string IdOf(int partition, long second) => FormattableString.Invariant($"tick/{partition}/{second}");
}

/// <summary>A setting in force from here on.</summary>
/// <param name="Key">In the bucket <c>rules</c>.</param>
/// <param name="Value">Empty: removed.</param>
/// <param name="Revision">Of the key.</param>
/// <param name="SetNs">When the bucket stored it, ns since the Unix epoch.</param>
internal sealed record SettingRecord(string Key, ReadOnlyMemory<byte> Value, ulong Revision, long SetNs) : ControlRecord
{
    public string IdIn(int partition) => FormattableString.Invariant($"setting/{partition}/{Key}/{SetNs}/{Revision}");

    /// <summary>Whether it takes the place of another one of the same key.</summary>
    public bool IsLaterThan(SettingRecord other) => (SetNs, Revision).CompareTo((other.SetNs, other.Revision)) > 0;
}

/// <summary>A message at which a stream's worker failed time and again: it is passed over.</summary>
internal sealed record SkipRecord(string Capability, ulong Sequence, StreamId Stream, string Reason) : ControlRecord
{
    public string IdIn(int partition) => FormattableString.Invariant($"skip/{Capability}/{partition}/{Sequence}/{Stream}");
}
