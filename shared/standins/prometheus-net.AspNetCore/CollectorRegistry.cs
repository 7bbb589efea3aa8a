using System.Diagnostics;

namespace Prometheus;

/// <summary>The metrics that are exported together, in the order of their creation. Metrics are added, never removed.</summary>
public sealed class CollectorRegistry
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, CollectorFamily> _byName = new(StringComparer.Ordinal);
    private readonly List<CollectorFamily> _inOrder = [];
    private Action[] _callbacks = [];
    private Func<CancellationToken, Task>[] _asyncCallbacks = [];
    private Action? _beforeFirstCollect;
    private bool _collected;

    public IEnumerable<KeyValuePair<string, string>> StaticLabels => StaticLabelSet.Pairs;

    internal LabelSet StaticLabelSet { get; private set; } = LabelSet.Empty;

    /// <summary>Labels of every metric in the registry; to be set once, before the first metric.</summary>
    public void SetStaticLabels(IDictionary<string, string> labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        lock (_gate)
        {
            if (StaticLabelSet.Pairs.Length != 0)
                throw new InvalidOperationException("The registry's static labels are already set; they can be set once.");
            if (_byName.Count != 0 || _collected)
                throw new InvalidOperationException("The registry is in use: static labels must be set before its first metric.");
            StaticLabelSet = LabelSet.From(labels);
        }
    }

    /// <summary>Called before each collection; an exception other than <see cref="ScrapeFailedException"/> is traced and ignored.</summary>
    public void AddBeforeCollectCallback(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        lock (_gate)
            _callbacks = [.. _callbacks, callback];
    }

    /// <summary>As the synchronous one; all asynchronous callbacks run at the same time.</summary>
    public void AddBeforeCollectCallback(Func<CancellationToken, Task> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        lock (_gate)
            _asyncCallbacks = [.. _asyncCallbacks, callback];
    }

    public Task CollectAndExportAsTextAsync(Stream to, CancellationToken cancel = default) =>
        CollectAndExportAsTextAsync(to, ExpositionFormat.PrometheusText, cancel);

    public async Task CollectAndExportAsTextAsync(
        Stream to, ExpositionFormat format = ExpositionFormat.PrometheusText, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(to);
        var document = await CollectAsync(format, cancel);
        await to.WriteAsync(document, cancel);
        await to.FlushAsync(cancel);
    }

    /// <summary>The whole document: kilobytes, so it is made in memory and written in one go.</summary>
    internal async Task<ReadOnlyMemory<byte>> CollectAsync(ExpositionFormat format, CancellationToken cancel)
    {
        RunBeforeFirstCollect();
        foreach (var callback in _callbacks)
            RunCallback(callback);
        await Task.WhenAll(_asyncCallbacks.Select(callback => RunCallbackAsync(callback, cancel)));

        var writer = new ExpositionWriter(format);
        foreach (var family in Snapshot())
            family.Write(writer);
        return writer.Finish();
    }

    internal void BeforeFirstCollect(Action action)
    {
        lock (_gate)
        {
            if (!_collected)
                _beforeFirstCollect = action;
        }
    }

    internal TCollector GetOrAdd<TCollector>(CollectorDefinition definition, Func<CollectorDefinition, TCollector> create)
        where TCollector : Collector
    {
        lock (_gate)
        {
            if (_byName.TryGetValue(definition.Name, out var family))
                return family.GetOrAdd(definition, create);

            family = new CollectorFamily();
            var collector = family.GetOrAdd(definition, create);
            _byName.Add(definition.Name, family);
            _inOrder.Add(family);
            return collector;
        }
    }

    private CollectorFamily[] Snapshot()
    {
        lock (_gate)
            return [.. _inOrder];
    }

    private void RunBeforeFirstCollect()
    {
        Action? action;
        lock (_gate)
        {
            action = _beforeFirstCollect;
            _beforeFirstCollect = null;
            _collected = true;
        }

        action?.Invoke();
    }

    private static void RunCallback(Action callback)
    {
        try
        {
            callback();
        }
        catch (Exception exception) when (exception is not ScrapeFailedException)
        {
            Trace.WriteLine($"A callback before the collection of metrics failed: {exception}");
        }
    }

    private static async Task RunCallbackAsync(Func<CancellationToken, Task> callback, CancellationToken cancel)
    {
        try
        {
            await callback(cancel);
        }
        catch (Exception exception) when (exception is not ScrapeFailedException && !cancel.IsCancellationRequested)
        {
            Trace.WriteLine($"A callback before the collection of metrics failed: {exception}");
        }
    }
}
