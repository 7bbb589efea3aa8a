using System.Globalization;
using SignalStream.Formats.Wfdb;
using SignalStream.Signal.Beats;
using SignalStream.Signal.Synthesis;

namespace SignalStream.Benchmarks.Ecg;

/// <summary>ns a sample of one lead on one core.</summary>
/// <remarks>
/// A plain loop: each pass runs every contender once over the whole of every lead, one after the other, so that what the
/// machine does meanwhile meets them all; the first pass warms up and is not counted. Printed are medians over the
/// passes, of the thread's own processor time and of wall time.
/// </remarks>
internal static class EcgBenchmark
{
    private const double RateHz = 360;
    private const int FrameSamples = 10;

    private static readonly string[] Records = ["101", "119", "208"];

    private sealed record Contender(string Name, Action<float[]> Run)
    {
        public List<double> CpuNs { get; } = [];

        public List<double> WallNs { get; } = [];
    }

    public static int Run(string[] args)
    {
        var passes = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 15;
        var leads = Leads(out var source);
        var samples = leads.Sum(lead => lead.Length);
        var contenders = Contenders();
        for (var pass = 0; pass <= passes; pass++)
        {
            foreach (var contender in contenders) Measure(contender, leads, samples, counts: pass > 0);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{source}, {samples} samples at {RateHz} Hz, medians of {passes} interleaved passes, ns a sample"));
        foreach (var contender in contenders)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{contender.Name,-52} processor {Median(contender.CpuNs),6:F1}   wall {Median(contender.WallNs),6:F1}"));
        }

        return 0;
    }

    private static Contender[] Contenders() =>
    [
        new("detector, frames of 10 samples", lead => Detect(lead, FrameSamples)),
        new("detector, blocks of a second", lead => Detect(lead, (int)RateHz)),
        new("quality, frames of 10 samples", lead => Judge(lead)),
        new("detector, quality, rate and variability, frames of 10", lead => Everything(lead)),
    ];

    private static void Measure(Contender contender, List<float[]> leads, int samples, bool counts)
    {
        var (wall, cpu) = (TimeProvider.System.GetTimestamp(), ThreadCpu.Nanoseconds);
        foreach (var lead in leads) contender.Run(lead);
        if (!counts) return;
        contender.WallNs.Add(TimeProvider.System.GetElapsedTime(wall).TotalNanoseconds / samples);
        contender.CpuNs.Add((ThreadCpu.Nanoseconds - cpu) / (double)samples ?? double.NaN);
    }

    private static void Detect(float[] lead, int block)
    {
        var detector = new BeatDetector(RateHz);
        var beats = new Beat[detector.MaxBeats(block)];
        for (var at = 0; at < lead.Length; at += block)
            detector.Process(lead.AsSpan(at, Math.Min(block, lead.Length - at)), beats);
    }

    private static void Judge(float[] lead)
    {
        var quality = new SignalQuality(RateHz);
        var seconds = new QualitySecond[quality.MaxSeconds(FrameSamples)];
        for (var at = 0; at < lead.Length; at += FrameSamples)
            quality.Process(lead.AsSpan(at, Math.Min(FrameSamples, lead.Length - at)), seconds);
    }

    private static void Everything(float[] lead)
    {
        var (detector, quality) = (new BeatDetector(RateHz), new SignalQuality(RateHz));
        var (rate, variability) = (new HeartRateEstimator(RateHz), new HeartRateVariability(RateHz));
        var (beats, seconds) = (new Beat[detector.MaxBeats(FrameSamples)], new QualitySecond[quality.MaxSeconds(FrameSamples)]);
        for (var at = 0; at < lead.Length; at += FrameSamples)
        {
            var block = lead.AsSpan(at, Math.Min(FrameSamples, lead.Length - at));
            foreach (var beat in beats.AsSpan(0, detector.Process(block, beats)))
            {
                quality.Observe(beat);
                rate.Process(beat);
                variability.Process(beat);
            }

            if (quality.Process(block, seconds) > 0) rate.At(detector.NextSample);
        }
    }

    /// <summary>Half an hour each of three annotated records, or of three synthetic hearts where the records are absent.</summary>
    private static List<float[]> Leads(out string source)
    {
        var folder = TestKit.TestData.Folder;
        var headers = Records.Select(record => Path.Combine(folder, "ecg/mitdb", record + ".hea")).ToList();
        if (headers.TrueForAll(File.Exists))
        {
            source = "records " + string.Join(", ", Records);
            return headers.ConvertAll(Read);
        }

        source = "synthetic ECG";
        return [Synthetic(60, 0.01), Synthetic(80, 0.05), Synthetic(120, 0.02)];
    }

    private static float[] Read(string header)
    {
        using var record = WfdbRecord.Open(header);
        var samples = new float[record.SampleCount * record.Channels];
        record.Read(samples);
        return samples[..(int)record.SampleCount];
    }

    private static float[] Synthetic(double bpm, double noiseMv)
    {
        var lead = new float[(int)(RateHz * 1800)];
        new EcgGenerator(new EcgSettings { RateHz = RateHz, HeartRateBpm = bpm, NoiseSdMv = noiseMv, EctopicsPerMinute = 2 }).Process(lead);
        return lead;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
