namespace NATS.Client.Core;

/// <summary>
/// The subscriptions by their numbers. A number is a slot of the array and, above it, how often the slot has been given
/// away, so that a late message of an old subscription never reaches a new one.
/// </summary>
internal sealed class SubscriptionTable
{
    private const int SlotBits = 20;
    private const int SlotMask = (1 << SlotBits) - 1;

    /// <summary>So many that a number never has more than the nine digits that the parser takes.</summary>
    private const int Generations = 999_999_999 >> SlotBits;

    private readonly Lock _gate = new();
    private readonly Queue<int> _free = new();
    private NatsSubBase?[] _slots = new NatsSubBase?[16];
    private int[] _generations = new int[16];
    private int _used = 1;

    public NatsSubBase? Find(int sid)
    {
        var slots = Volatile.Read(ref _slots);
        var slot = sid & SlotMask;
        var found = slot < slots.Length ? slots[slot] : null;
        return found is not null && found.Sid == sid ? found : null;
    }

    /// <exception cref="NatsException">There are more than a million subscriptions.</exception>
    public void Add(NatsSubBase subscription)
    {
        lock (_gate)
        {
            var slot = TakeSlot();
            subscription.Sid = slot | (_generations[slot] << SlotBits);
            Volatile.Write(ref _slots[slot], subscription);
        }
    }

    public bool Remove(NatsSubBase subscription)
    {
        lock (_gate)
        {
            if (Find(subscription.Sid) != subscription)
                return false;
            var slot = subscription.Sid & SlotMask;
            _slots[slot] = null;
            _generations[slot] = (_generations[slot] + 1) % Generations;
            _free.Enqueue(slot);
            return true;
        }
    }

    public NatsSubBase[] All()
    {
        lock (_gate)
        {
            return [.. _slots.Where(s => s is not null)!];
        }
    }

    private int TakeSlot()
    {
        // Slots rest a while before they are given away again: the numbers differ anyway, this keeps them short.
        if (_free.Count > 0 && (_free.Count > 64 || _used >= _slots.Length))
            return _free.Dequeue();
        if (_used > SlotMask)
            throw new NatsException($"A connection cannot hold more than {SlotMask} subscriptions.");
        if (_used >= _slots.Length)
        {
            Array.Resize(ref _generations, _slots.Length * 2);
            var larger = new NatsSubBase?[_slots.Length * 2];
            _slots.CopyTo(larger, 0);
            Volatile.Write(ref _slots, larger);
        }

        return _used++;
    }
}
