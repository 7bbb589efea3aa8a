namespace Prometheus;

public interface ICounter : ICollectorChild
{
    void Inc(double increment = 1.0);

    void IncTo(double targetValue);

    double Value { get; }
}

/// <summary>A value that only grows.</summary>
public sealed class Counter : Collector<Counter.Child>, ICounter
{
    internal Counter(CollectorDefinition definition)
        : base(definition)
    {
    }

    public double Value => Unlabelled.Value;

    internal override MetricType Type => MetricType.Counter;

    public void Inc(double increment = 1.0) => Unlabelled.Inc(increment);

    public void IncTo(double targetValue) => Unlabelled.IncTo(targetValue);

    public void Publish() => Unlabelled.Publish();

    public void Unpublish() => Unlabelled.Unpublish();

    private protected override Child NewChild(string[] labelValues, bool publish) => new(this, labelValues, publish);

    public sealed class Child : ChildBase, ICounter
    {
        private AtomicDouble _value;

        internal Child(Collector parent, string[] labelValues, bool publish)
            : base(parent, labelValues, publish)
        {
        }

        public double Value => _value.Value;

        public void Inc(double increment = 1.0)
        {
            if (increment < 0)
                throw new ArgumentOutOfRangeException(nameof(increment), increment, "A counter cannot decrease.");
            _value.Add(increment);
            Publish();
        }

        public void IncTo(double targetValue)
        {
            _value.RaiseTo(targetValue);
            Publish();
        }

        internal override void Write(ExpositionWriter writer) => writer.Sample(NameUtf8, "", LabelsUtf8, Value);
    }
}
