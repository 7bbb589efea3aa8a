using Google.Protobuf;
using SignalStream.Contracts;
using V1 = SignalStream.Contracts.V1;

namespace SignalStream.Messaging.Partitions;

/// <summary>The settings in force at one place of the log, for the streams of one part of a partition.</summary>
/// <remarks>
/// Which of two records of a key wins is in the records, so it does not matter who copied them, in what order or how often. What is
/// too long is passed over, by rules that know only the log.
/// </remarks>
internal sealed class SettingsTable
{
    /// <summary>Of one value, bytes.</summary>
    public const int MostValueBytes = 8 << 10;

    private const int MostBytes = 256 << 10;
    private const long ForgetRemovedNs = 24 * 3600L * 1_000_000_000;

    private readonly SortedDictionary<string, SettingRecord> _byKey = new(StringComparer.Ordinal);

    public bool IsEmpty => _byKey.Count == 0;

    /// <summary>Every key, those removed not long ago among them.</summary>
    public IEnumerable<SettingRecord> All => _byKey.Values;

    private int Bytes => _byKey.Values.Sum(s => s.Key.Length + s.Value.Length);

    /// <summary>Takes a record over.</summary>
    /// <param name="record">As it stands in the log.</param>
    /// <param name="storedNs">Since when, ns since the Unix epoch.</param>
    /// <returns>Whether it is later than what was there, and fits.</returns>
    public bool Apply(SettingRecord record, long storedNs)
    {
        var known = Find(record.Key);
        if (record.Value.Length > MostValueBytes || (known is not null && !record.IsLaterThan(known)))
            return false;
        foreach (var removed in _byKey.Values.Where(s => s.Value.IsEmpty && storedNs - s.SetNs > ForgetRemovedNs).ToList())
            _byKey.Remove(removed.Key);
        if (Bytes - (known?.Value.Length ?? 0) + record.Key.Length + record.Value.Length > MostBytes)
            return false;
        _byKey[record.Key] = record;
        return true;
    }

    public SettingRecord? Find(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>What applies to a stream: its own value, else the default, else nothing.</summary>
    public ReadOnlyMemory<byte> InForce(string name, StreamId stream) =>
        Find(SettingKey.Of(name, stream)) is { Value.IsEmpty: false } own ? own.Value : Find(SettingKey.Default(name))?.Value ?? default;

    /// <summary>Names of a list's items that are there, in order.</summary>
    public IReadOnlyList<string> ItemsOf(string list) => [.. _byKey.Keys.Where(key => SettingKey.ListOf(key) == list)];

    /// <summary>The same table, for a part that takes over some of the streams.</summary>
    public SettingsTable Copy()
    {
        var copy = new SettingsTable();
        foreach (var (key, record) in _byKey)
            copy._byKey[key] = record;
        return copy;
    }

    public void Save(ICollection<V1.Setting> settings)
    {
        foreach (var record in _byKey.Values)
            settings.Add(new V1.Setting { Key = record.Key, Value = UnsafeByteOperations.UnsafeWrap(record.Value), Revision = record.Revision, SetNs = record.SetNs });
    }

    public void Restore(IEnumerable<V1.Setting> settings)
    {
        foreach (var setting in settings)
            _byKey[setting.Key] = new SettingRecord(setting.Key, setting.Value.Memory, setting.Revision, setting.SetNs);
    }
}

/// <summary>
/// Keys in the bucket <c>rules</c>: <c>NAME.KIND.ID</c> is one stream's, <c>NAME.default</c> that of all others. <c>LIST.ITEM</c> is an
/// item of a list that concerns all streams, and the setting's name as it stands.
/// </summary>
internal static class SettingKey
{
    private const string ForAll = "default";

    public static string Of(string name, StreamId stream) => $"{name}.{stream.Kind}.{stream.Id}";

    public static string Default(string name) => ListOf(name) is null ? $"{name}.{ForAll}" : name;

    /// <summary>Reads a key; no stream: the default.</summary>
    public static bool TryParse(string key, out string name, out StreamId? stream)
    {
        (name, stream) = ("", null);
        var tokens = key.Split('.');
        if (tokens is [var own, var kind, var id] && StreamId.IsToken(kind) && StreamId.IsToken(id))
            (name, stream) = (own, new StreamId(kind, id));
        else if (tokens is [var all, ForAll])
            name = all;
        else if (ListOf(key) is not null)
            name = key;
        return name.Length > 0;
    }

    /// <summary>The list of which a setting is an item; null when it is none.</summary>
    public static string? ListOf(string name) =>
        name.Split('.') is [var list, var item] && item != ForAll && StreamId.IsToken(list) && StreamId.IsToken(item) ? list : null;
}
