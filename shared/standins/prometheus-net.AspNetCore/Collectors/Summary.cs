namespace Prometheus;

public interface ISummary : IObserver;

/// <summary>Sum and count of what was observed; no quantiles, as the package has it without objectives.</summary>
public sealed class Summary : Collector<Summary.Child>, ISummary
{
    internal Summary(CollectorDefinition definition)
        : base(definition)
    {
    }

    internal override MetricType Type => MetricType.Summary;

    public void Observe(double val) => Unlabelled.Observe(val);

    public void Publish() => Unlabelled.Publish();

    public void Unpublish() => Unlabelled.Unpublish();

    private protected override Child NewChild(string[] labelValues, bool publish) => new(this, labelValues, publish);

    public sealed class Child : ChildBase, ISummary
    {
        private AtomicDouble _sum;
        private long _count;

        internal Child(Collector parent, string[] labelValues, bool publish)
            : base(parent, labelValues, publish)
        {
        }

        public void Observe(double val)
        {
            if (double.IsNaN(val))
                return;
            _sum.Add(val);
            Interlocked.Increment(ref _count);
            Publish();
        }

        internal override void Write(ExpositionWriter writer)
        {
            writer.Sample(NameUtf8, "_sum", LabelsUtf8, _sum.Value);
            writer.Sample(NameUtf8, "_count", LabelsUtf8, Interlocked.Read(ref _count));
        }
    }
}
