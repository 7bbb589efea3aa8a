namespace Prometheus;

/// <summary>One time series of a metric: its label values are fixed.</summary>
public abstract class ChildBase : ICollectorChild, IDisposable
{
    private readonly Collector _parent;
    private bool _published;

    internal ChildBase(Collector parent, string[] labelValues, bool publish)
    {
        _parent = parent;
        LabelValues = labelValues;
        LabelsUtf8 = parent.FormatLabels(labelValues);
        _published = publish;
    }

    internal string[] LabelValues { get; }

    internal byte[] LabelsUtf8 { get; }

    internal byte[] NameUtf8 => _parent.NameUtf8;

    internal bool IsPublished => Volatile.Read(ref _published);

    /// <summary>Shows the series from now on. Reading first keeps the cache line shared among writers.</summary>
    public void Publish()
    {
        if (!Volatile.Read(ref _published))
            Volatile.Write(ref _published, true);
    }

    /// <summary>Hides the series until it is written to or published again.</summary>
    public void Unpublish() => Volatile.Write(ref _published, false);

    /// <summary>Takes the series out of its metric, with what it has counted.</summary>
    public void Remove() => _parent.Remove(this);

    public void Dispose() => Remove();

    internal abstract void Write(ExpositionWriter writer);
}
