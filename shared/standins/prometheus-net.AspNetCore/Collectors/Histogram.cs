namespace Prometheus;

public interface IObserver : ICollectorChild
{
    void Observe(double val);
}

public interface IHistogram : IObserver
{
    void Observe(double val, long count);

    double Sum { get; }

    long Count { get; }
}

/// <summary>Counts observations in buckets. A value on a bound belongs to the bucket below it; NaN is ignored.</summary>
public sealed partial class Histogram : Collector<Histogram.Child>, IHistogram
{
    private static readonly double[] DefaultBuckets = [.005, .01, .025, .05, .075, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10];

    private readonly double[] _upperBounds;

    internal Histogram(CollectorDefinition definition, double[]? buckets)
        : base(definition)
    {
        if (LabelNames.Contains("le"))
            throw new ArgumentException($"Histogram '{Name}' must not have a label 'le': it names the buckets.");
        _upperBounds = CheckBuckets(buckets ?? DefaultBuckets);
    }

    public double Sum => Unlabelled.Sum;

    public long Count => Unlabelled.Count;

    internal override MetricType Type => MetricType.Histogram;

    public void Observe(double val) => Unlabelled.Observe(val, 1);

    public void Observe(double val, long count) => Unlabelled.Observe(val, count);

    public void Publish() => Unlabelled.Publish();

    public void Unpublish() => Unlabelled.Unpublish();

    private protected override Child NewChild(string[] labelValues, bool publish) =>
        new(this, labelValues, publish, _upperBounds);

    private double[] CheckBuckets(double[] bounds)
    {
        if (bounds.Length == 0)
            throw new ArgumentException($"Histogram '{Name}' must have at least one bucket.");
        for (var i = 0; i < bounds.Length; i++)
        {
            if (double.IsNaN(bounds[i]) || (i > 0 && bounds[i] <= bounds[i - 1]))
                throw new ArgumentException($"Histogram '{Name}': bucket {bounds[i]} must be above the one before it.");
        }

        return double.IsPositiveInfinity(bounds[^1]) ? [.. bounds] : [.. bounds, double.PositiveInfinity];
    }

    public sealed class Child : ChildBase, IHistogram
    {
        private readonly double[] _upperBounds;
        private readonly long[] _counts;
        private AtomicDouble _sum;

        internal Child(Collector parent, string[] labelValues, bool publish, double[] upperBounds)
            : base(parent, labelValues, publish)
        {
            _upperBounds = upperBounds;
            _counts = new long[upperBounds.Length];
        }

        public double Sum => _sum.Value;

        public long Count
        {
            get
            {
                var total = 0L;
                for (var i = 0; i < _counts.Length; i++)
                    total += Interlocked.Read(ref _counts[i]);
                return total;
            }
        }

        public void Observe(double val) => Observe(val, 1);

        public void Observe(double val, long count)
        {
            if (double.IsNaN(val))
                return;
            Interlocked.Add(ref _counts[BucketOf(val)], count);
            _sum.Add(val * count);
            Publish();
        }

        /// <summary>The count is the last bucket, so that the two agree even while others observe.</summary>
        internal override void Write(ExpositionWriter writer)
        {
            var total = 0L;
            for (var i = 0; i < _counts.Length; i++)
            {
                total += Interlocked.Read(ref _counts[i]);
                writer.Bucket(NameUtf8, LabelsUtf8, _upperBounds[i], total);
            }

            writer.Sample(NameUtf8, "_sum", LabelsUtf8, _sum.Value);
            writer.Sample(NameUtf8, "_count", LabelsUtf8, total);
        }

        private int BucketOf(double val)
        {
            var bucket = 0;
            while (val > _upperBounds[bucket])
                bucket++;
            return bucket;
        }
    }
}
