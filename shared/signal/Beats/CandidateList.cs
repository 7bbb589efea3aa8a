using SignalStream.Signal.State;

namespace SignalStream.Signal.Beats;

/// <summary>A short list of candidates in order of time; when full, the weakest goes.</summary>
internal sealed class CandidateList
{
    private const int Capacity = 24;

    private readonly Candidate[] _items = new Candidate[Capacity];

    public int Count { get; private set; }

    public ref readonly Candidate this[int index] => ref _items[index];

    public void Add(in Candidate candidate)
    {
        if (Count == Capacity) RemoveAt(Weakest());
        _items[Count++] = candidate;
    }

    public void RemoveAt(int index)
    {
        _items.AsSpan(index + 1, Count - index - 1).CopyTo(_items.AsSpan(index));
        Count--;
    }

    /// <summary>Drops every candidate up to an index of the signal.</summary>
    public void DropUntil(long sample)
    {
        var keep = 0;
        while (keep < Count && _items[keep].Sample <= sample) keep++;
        _items.AsSpan(keep, Count - keep).CopyTo(_items);
        Count -= keep;
    }

    /// <summary>Place of the strongest candidate at or after an index of the signal; -1 if there is none.</summary>
    public int Strongest(long from)
    {
        var best = -1;
        for (var i = 0; i < Count; i++)
        {
            if (_items[i].Sample >= from && (best < 0 || _items[i].Energy > _items[best].Energy)) best = i;
        }

        return best;
    }

    public void Clear()
    {
        _items.AsSpan().Clear();
        Count = 0;
    }

    public void Save(ref StateWriter writer)
    {
        writer.Write(Count);
        writer.WriteAll<Candidate>(_items);
    }

    public void Restore(ref StateReader reader)
    {
        Count = reader.Read<int>();
        reader.ReadAll(_items.AsSpan());
    }

    private int Weakest()
    {
        var worst = 0;
        for (var i = 1; i < Count; i++)
        {
            if (_items[i].Energy < _items[worst].Energy) worst = i;
        }

        return worst;
    }
}
