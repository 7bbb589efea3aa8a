using System.Globalization;
using SignalStream.Formats.Wfdb;
using SignalStream.Signal.Beats;
using SignalStream.UnitTests.Signal;

namespace SignalStream.Eval;

/// <summary>Runs the product's detector over annotated records, block by block as the processor does.</summary>
internal static class EcgEvaluation
{
    // A frame of the default producer.
    private const int BlockSamples = 10;

    public static int Run(string data, string output, double startSeconds, bool allLeads)
    {
        var headers = Directory.Exists(data) ? Directory.GetFiles(data, "*.hea").Order(StringComparer.Ordinal).ToArray() : [];
        if (headers.Length == 0)
        {
            Console.Error.WriteLine($"No WFDB record (*.hea) in {Path.GetFullPath(data)}.");
            return 2;
        }

        Directory.CreateDirectory(output);
        var (samples, seconds, stateBytes) = (0L, 0.0, 0);
        var (forecasts, quality) = (new ForecastCoverage(), new FlaggedFailures(startSeconds));
        foreach (var header in headers)
        {
            var (leads, rateHz) = ReadLeads(header);
            var lead = leads[0];
            var (beats, took, state) = allLeads ? Detect(leads, rateHz) : Detect(lead, rateHz);
            forecasts.Add(beats);
            quality.Add(header, lead, rateHz, beats);
            Write(Path.Combine(output, Path.GetFileNameWithoutExtension(header) + ".txt"), beats);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{Path.GetFileNameWithoutExtension(header),-8} {beats.Count,6} beats  {took.TotalNanoseconds / lead.Length,6:F1} ns a sample"));
            (samples, seconds, stateBytes) = (samples + lead.Length, seconds + took.TotalSeconds, Math.Max(stateBytes, state));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{headers.Length} records, {samples} samples, {seconds * 1e9 / samples:F1} ns a sample in blocks of {BlockSamples}, state {stateBytes} bytes"));
        Console.WriteLine(forecasts);
        Console.WriteLine(quality);
        return 0;
    }

    /// <summary>MLII first where the header names one. A missing sample repeats the one before.</summary>
    private static (float[][] Leads, double RateHz) ReadLeads(string header)
    {
        using var record = WfdbRecord.Open(header);
        var leads = Enumerable.Range(0, record.Channels).Select(_ => new float[record.SampleCount]).ToArray();
        var block = new float[4096 * record.Channels];
        for (var done = 0; record.Read(block) is var read and > 0; done += read)
        {
            for (var channel = 0; channel < leads.Length; channel++) block.AsSpan(channel * read, read).CopyTo(leads[channel].AsSpan(done));
        }

        foreach (var lead in leads) Repeat(lead);
        var order = Enumerable.Range(0, leads.Length).OrderBy(channel => record.Header.Signals[channel].Description != "MLII");
        return (order.Select(channel => leads[channel]).ToArray(), record.Header.RateHz);
    }

    private static void Repeat(float[] lead)
    {
        var last = 0f;
        foreach (ref var sample in lead.AsSpan()) sample = last = float.IsNaN(sample) ? last : sample;
    }

    private static (List<Beat> Beats, TimeSpan Took, int StateBytes) Detect(float[][] leads, double rateHz)
    {
        var detector = new MultiLeadBeatDetector(rateHz, leads.Length);
        var start = TimeProvider.System.GetTimestamp();
        var beats = SyntheticEcg.Detect(detector, leads, BlockSamples);
        return (beats, TimeProvider.System.GetElapsedTime(start), detector.StateSize);
    }

    /// <summary>The quickest of three passes: what the detector costs rather than what else the machine did.</summary>
    private static (List<Beat> Beats, TimeSpan Took, int StateBytes) Detect(float[] lead, double rateHz)
    {
        var detector = new BeatDetector(rateHz);
        var found = new Beat[detector.MaxBeats(BlockSamples)];
        var beats = new List<Beat>();
        var took = TimeSpan.MaxValue;
        for (var pass = 0; pass < 3; pass++)
        {
            beats.Clear();
            detector.Reset();
            var start = TimeProvider.System.GetTimestamp();
            for (var at = 0; at < lead.Length; at += BlockSamples)
            {
                var count = detector.Process(lead.AsSpan(at, Math.Min(BlockSamples, lead.Length - at)), found);
                for (var i = 0; i < count; i++) beats.Add(found[i]);
            }

            var elapsed = TimeProvider.System.GetElapsedTime(start);
            took = elapsed < took ? elapsed : took;
        }

        return (beats, took, detector.StateSize);
    }

    private static void Write(string path, List<Beat> beats) => File.WriteAllLines(
        path,
        beats.Select(beat => string.Create(CultureInfo.InvariantCulture, $"{beat.Sample} {beat.DecisionSample} {beat.Confidence:F2}")));
}
