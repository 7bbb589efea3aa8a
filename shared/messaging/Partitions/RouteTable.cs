namespace SignalStream.Messaging.Partitions;

/// <summary>The ways of the subjects met lately, so that each is worked out once and not for every message.</summary>
/// <remarks>
/// Bounded, since anybody may write to ever new subjects: where a half is full, the half before it is forgotten but for what has been
/// asked for since. Not safe for concurrent use.
/// </remarks>
/// <param name="most">Subjects that are remembered, two at least.</param>
/// <param name="find">Works out a way.</param>
internal sealed class RouteTable(int most, Func<string, Route> find)
{
    private Dictionary<string, Route> _now = [];
    private Dictionary<string, Route> _before = [];

    /// <summary>How many are remembered.</summary>
    public int Count => _now.Count + _before.Count;

    /// <summary>How many have been forgotten so far; those that are met again are worked out again.</summary>
    public long Forgotten { get; private set; }

    public Route Of(string subject)
    {
        if (_now.TryGetValue(subject, out var route))
            return route;
        if (!_before.Remove(subject, out route))
            route = find(subject);
        if (_now.Count >= most / 2)
        {
            Forgotten += _before.Count;
            (_now, _before) = (_before, _now);
            _now.Clear();
        }

        return _now[subject] = route;
    }
}
