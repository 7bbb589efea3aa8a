using SignalStream.Terminal.Events;

namespace SignalStream.Terminal.Gateway;

/// <summary>How far each stream has come, so that after an interruption samples go on and last known events are not told twice.</summary>
internal sealed class Progress
{
    /// <summary>A command has at most 16 KiB; with more streams samples go on live.</summary>
    private const int MostResumed = 100;

    private readonly Dictionary<string, (long Epoch, long Index)> _last = [];
    private readonly Dictionary<string, (long Epoch, long Index)> _told = [];
    private readonly Dictionary<string, (long Epoch, long Index)> _waves = [];

    /// <summary>Places of a kind only rise: what is not beyond the last one before the interruption is known.</summary>
    public bool IsNew(StreamEvent e)
    {
        if (e.IsWave)
        {
            _waves[e.Stream] = (e.Epoch, e.Index);
            return true;
        }

        var key = $"{e.Stream}/{e.Kind}/{e.Text("name")}{e.Text("target")}{e.Text("metric")}{e.Text("model")}";
        var place = (e.Epoch, e.Index);
        if (_told.TryGetValue(key, out var told) && place.CompareTo(told) <= 0)
            return false;
        _last[key] = place;
        return true;
    }

    /// <summary>The connection is lost.</summary>
    public void Interrupt()
    {
        foreach (var (key, place) in _last)
            _told[key] = place;
    }

    /// <summary>For <c>from</c>: the first sample that each stream lacks.</summary>
    public IReadOnlyDictionary<string, object> Waves() => _waves.Count > MostResumed
        ? new Dictionary<string, object>()
        : _waves.ToDictionary(w => w.Key, w => (object)new { epoch = w.Value.Epoch, first = w.Value.Index + 1 });
}
