using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.Extensions.Primitives;
using NATS.Client.Core.Protocol;

namespace NATS.Client.Core;

/// <summary>A message's headers: names, without regard to case, with one or more values each.</summary>
public class NatsHeaders : IDictionary<string, StringValues>
{
    private static readonly Dictionary<string, StringValues> NoEntries = [];
    private Dictionary<string, StringValues>? _store;

    public NatsHeaders()
    {
    }

    public NatsHeaders(Dictionary<string, StringValues>? store) => _store = store;

    public NatsHeaders(int capacity) => _store = new(capacity, StringComparer.OrdinalIgnoreCase);

    /// <summary>The texts of a status line that the server is known to write.</summary>
    public enum Messages
    {
        Text,
        IdleHeartbeat,
        BadRequest,
        ConsumerDeleted,
        ConsumerIsPushBased,
        NoMessages,
        RequestTimeout,
        MessageSizeExceedsMaxBytes,
        RequestsPending,
    }

    public int Version => 1;

    /// <summary>The status code of the first line; 0 where there is none.</summary>
    public int Code { get; internal set; }

    /// <summary>What follows the status code.</summary>
    public string MessageText { get; internal set; } = "";

    public Messages Message => MessageText switch
    {
        "Idle Heartbeat" => Messages.IdleHeartbeat,
        "Bad Request" => Messages.BadRequest,
        "Consumer Deleted" => Messages.ConsumerDeleted,
        "Consumer is push based" => Messages.ConsumerIsPushBased,
        "No Messages" => Messages.NoMessages,
        "Request Timeout" => Messages.RequestTimeout,
        "Message Size Exceeds MaxBytes" => Messages.MessageSizeExceedsMaxBytes,
        "Requests Pending" => Messages.RequestsPending,
        _ => Messages.Text,
    };

    public NatsException? Error { get; internal set; }

    public int Count => _store?.Count ?? 0;

    public bool IsReadOnly { get; private set; }

    public ICollection<string> Keys => (_store ?? NoEntries).Keys;

    public ICollection<StringValues> Values => (_store ?? NoEntries).Values;

    /// <summary>The values of a name; empty where it is absent. Setting an empty value removes the name.</summary>
    public StringValues this[string key]
    {
        get => TryGetValue(key, out var value) ? value : StringValues.Empty;
        set
        {
            if (value.Count == 0)
                Remove(key);
            else
                Writable()[key] = value;
        }
    }

    public void Add(KeyValuePair<string, StringValues> item) => Writable().Add(item.Key, item.Value);

    public void Add(string key, StringValues value) => Writable().Add(key, value);

    public void Clear() => Writable().Clear();

    public bool Contains(KeyValuePair<string, StringValues> item) =>
        TryGetValue(item.Key, out var value) && value.Equals(item.Value);

    public bool ContainsKey(string key) => _store is not null && _store.ContainsKey(key);

    public void CopyTo(KeyValuePair<string, StringValues>[] array, int arrayIndex) =>
        ((ICollection<KeyValuePair<string, StringValues>>)(_store ?? NoEntries)).CopyTo(array, arrayIndex);

    /// <summary>How long the block is that a message carries for these headers.</summary>
    public int GetBytesLength(Encoding? encoding = null) => HeaderBlock.Measure(this, encoding ?? Encoding.UTF8);

    public bool Remove(KeyValuePair<string, StringValues> item) => Contains(item) && Remove(item.Key);

    public bool Remove(string key) => Writable().Remove(key);

    public bool TryGetValue(string key, out StringValues value)
    {
        value = default;
        return _store is not null && _store.TryGetValue(key, out value);
    }

    public bool TryGetLastValue(string key, [NotNullWhen(true)] out string? value)
    {
        value = TryGetValue(key, out var values) && values.Count > 0 ? values[^1] : null;
        return value is not null;
    }

    public Enumerator GetEnumerator() => new((_store ?? NoEntries).GetEnumerator());

    IEnumerator<KeyValuePair<string, StringValues>> IEnumerable<KeyValuePair<string, StringValues>>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal NatsHeaders Seal()
    {
        IsReadOnly = true;
        return this;
    }

    /// <summary>Adds a received value: a name that comes again gathers its values.</summary>
    internal void Append(string key, string value)
    {
        var store = Writable();
        store[key] = store.TryGetValue(key, out var before) ? StringValues.Concat(before, value) : value;
    }

    private Dictionary<string, StringValues> Writable()
    {
        if (IsReadOnly)
            throw new InvalidOperationException("The headers of a received message cannot be changed.");
        return _store ??= new(StringComparer.OrdinalIgnoreCase);
    }

    public struct Enumerator : IEnumerator<KeyValuePair<string, StringValues>>
    {
        private Dictionary<string, StringValues>.Enumerator _entries;

        internal Enumerator(Dictionary<string, StringValues>.Enumerator entries) => _entries = entries;

        public KeyValuePair<string, StringValues> Current => _entries.Current;

        object IEnumerator.Current => Current;

        public bool MoveNext() => _entries.MoveNext();

        public void Dispose() => _entries.Dispose();

        void IEnumerator.Reset() => throw new NotSupportedException();
    }
}
