using FsCheck;
using FsCheck.Fluent;
using SignalStream.Formats.Wfdb;

namespace SignalStream.PropertyTests.Formats;

public sealed class WfdbRoundTripProperties
{
    [Fact]
    public void Write_AnySamplesInAnyBlocks_ReadBackTheSame() =>
        Prop.ForAll(Recordings.ToArbitrary(), recording => recording.Read().SequenceEqual(recording.Samples))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Write_AnyHeader_ReadsBackTheSame() =>
        Prop.ForAll(Recordings.ToArbitrary(), recording =>
        {
            var (header, _) = recording.Write();
            var text = new MemoryStream();
            header.Write(text);
            text.Position = 0;
            var read = WfdbHeader.Read(text, "r.hea");
            return read.Signals.SequenceEqual(header.Signals) && read.RateHz.Equals(header.RateHz)
                && (read.SampleCount ?? 0) == header.SampleCount && read.Comments.SequenceEqual(header.Comments);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Write_AnyAnnotations_ReadBackTheSame() =>
        Prop.ForAll(AnnotationLists.ToArbitrary(), annotations =>
        {
            var file = new MemoryStream();
            WfdbAnnotations.Write(file, annotations);
            file.Position = 0;
            return WfdbAnnotations.Read(file, "r.atr").SequenceEqual(annotations);
        }).QuickCheckThrowOnFailure();

    private static Gen<WfdbSignal> Signals(WfdbFormat format) =>
        from gain in Gen.Elements(200.0, 0.1, -1234.5678, 1e9, 1 / 3.0)
        from baseline in Gen.Choose(-40_000, 40_000)
        from units in Gen.Elements("mV", "uV", "mmHg", "%")
        from description in Gen.Elements("", "MLII", "lead V1, upper")
        select new WfdbSignal
        {
            FileName = "r.dat",
            Format = format,
            Gain = gain,
            Baseline = baseline,
            Units = units,
            AdcZero = 7,
            Description = description,
        };

    private static Gen<Recording> Recordings =>
        from format in Gen.Elements(WfdbFormat.Format16, WfdbFormat.Format212)
        from channels in Gen.Choose(1, 5)
        from signals in Signals(format).ArrayOf(channels)
        from rate in Gen.Elements(360.0, 250, 128.5, 1 / 3.0)
        let limit = format == WfdbFormat.Format16 ? 32768 : 2048
        from count in Gen.Choose(0, 700)
        from samples in Gen.Choose(-limit, limit - 1).ArrayOf(channels * count)
        from blocks in Gen.Choose(1, 40).NonEmptyListOf()
        select new Recording(
            new WfdbHeader { RecordName = "r", RateHz = rate, Signals = signals, Comments = [" 75 F"] },
            [.. samples.Select(value => (short)value)],
            [.. blocks]);

    private static Gen<WfdbAnnotation[]> AnnotationLists =>
        (from step in Gen.OneOf(Gen.Choose(0, 2000), Gen.Choose(0, int.MaxValue))
         from code in Gen.Choose(1, WfdbCodes.Greatest)
         from subtype in Gen.Choose(-128, 127)
         from channel in Gen.Choose(0, 255)
         from number in Gen.Choose(-128, 127)
         from text in Gen.Elements(null, "", "(N", "odd", "\u00fc\u0001x", new string('a', 255))
         select new WfdbAnnotation(step, (WfdbCode)code, (sbyte)subtype, (byte)channel, (sbyte)number, text))
        .ArrayOf()
        .Select(steps =>
        {
            long sample = 0;
            return steps.Select(step => step with { Sample = sample += step.Sample }).ToArray();
        });

    /// <summary>Samples are sample after sample, all channels of each; blocks are sizes that are used in turn.</summary>
    private sealed record Recording(WfdbHeader Header, short[] Samples, int[] Blocks)
    {
        private int Channels => Header.Signals.Count;

        public (WfdbHeader Header, byte[] Data) Write()
        {
            var data = new MemoryStream();
            var writer = new WfdbRecordWriter(data, Header);
            for (int at = 0, turn = 0; at < Samples.Length; turn++)
            {
                var values = Math.Min(Blocks[turn % Blocks.Length] * Channels, Samples.Length - at);
                writer.WriteDigital(Transposed(Samples.AsSpan(at, values), values / Channels, Channels));
                at += values;
            }

            return (writer.Complete(), data.ToArray());
        }

        public List<short> Read()
        {
            var (header, data) = Write();
            using var record = WfdbRecord.Open(header, _ => new MemoryStream(data));
            record.Verify();
            var all = new List<short>();
            for (var turn = 0; record.Position < Samples.Length / Channels; turn++)
            {
                var block = new short[Blocks[^((turn % Blocks.Length) + 1)] * Channels];
                var samples = record.ReadDigital(block);
                all.AddRange(Transposed(block.AsSpan(0, samples * Channels), Channels, samples));
            }

            return all;
        }

        private static short[] Transposed(ReadOnlySpan<short> values, int rows, int columns)
        {
            var result = new short[values.Length];
            for (var row = 0; row < rows; row++)
            {
                for (var column = 0; column < columns; column++)
                    result[(column * rows) + row] = values[(row * columns) + column];
            }

            return result;
        }
    }
}
