using SignalStream.Terminal.Events;

namespace SignalStream.Terminal.Gateway;

/// <summary>How far each stream and each log has come, so that after an interruption all goes on, and nothing is told twice.</summary>
internal sealed class Progress(TimeProvider time)
{
    /// <summary>A command has at most 16 KiB; with more streams samples go on live.</summary>
    private const int MostResumed = 100;

    /// <summary>
    /// What was missed comes stream by stream, beside what is live. After so long on one connection all of it has come; an
    /// interruption before that begins again where the one before it began.
    /// </summary>
    private static readonly TimeSpan MadeUp = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, (long Epoch, long Index)> _last = [];
    private readonly Dictionary<string, (long Epoch, long Index)> _told = [];
    private readonly Dictionary<string, (long Epoch, long Index)> _waves = [];
    private readonly Dictionary<string, ulong> _logs = [];
    private Dictionary<string, ulong> _after = [];
    private long _began;
    private bool _isConnected;

    /// <summary>Connected.</summary>
    public void Begin() => (_began, _isConnected) = (time.GetTimestamp(), true);

    /// <summary>Places of a kind only rise: what is not beyond the last one before the interruption is known.</summary>
    public bool IsNew(StreamEvent e)
    {
        if (e.IsWave)
        {
            _waves[e.Stream] = (e.Epoch, e.Index);
            return true;
        }

        if (e.Log is { } log and not "reading") // what was missed of them no gateway sends again
            _logs[log] = Math.Max(e.Sequence, _logs.GetValueOrDefault(log));
        var key = $"{e.Stream}/{e.Kind}/{e.Text("name")}{e.Text("target")}{e.Text("metric")}{e.Text("model")}";
        var place = (e.Epoch, e.Index);
        if (_told.TryGetValue(key, out var told) && place.CompareTo(told) <= 0)
            return false;
        _last[key] = place;
        return true;
    }

    /// <summary>The connection is lost, or did not come about.</summary>
    public void Interrupt()
    {
        foreach (var (key, place) in _last)
            _told[key] = place;
        if (!_isConnected)
            return;
        _isConnected = false;
        if (_after.Count == 0 || time.GetElapsedTime(_began) > MadeUp)
            _after = new Dictionary<string, ulong>(_logs);
    }

    /// <summary>For <c>from</c>: the first sample that each stream lacks.</summary>
    public IReadOnlyDictionary<string, object> Waves() => _waves.Count > MostResumed
        ? new Dictionary<string, object>()
        : _waves.ToDictionary(w => w.Key, w => (object)new { epoch = w.Value.Epoch, first = w.Value.Index + 1 });

    /// <summary>For <c>after</c>: the last event of each log behind which some may be lacking.</summary>
    public IReadOnlyDictionary<string, ulong> After() => _after;
}
