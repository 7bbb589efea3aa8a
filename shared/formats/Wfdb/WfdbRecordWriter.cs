namespace SignalStream.Formats.Wfdb;

/// <summary>Writes the signals of a record, interleaved, into one file, and makes the header that fits it.</summary>
/// <remarks>
/// Streams: a block is on its way when <see cref="Write"/> returns. <see cref="Complete"/> gives the header with first
/// values, checksums and the count, which are known only at the end.
/// </remarks>
public sealed class WfdbRecordWriter
{
    private readonly Stream _data;
    private readonly WfdbHeader _header;
    private readonly WfdbFormat _format;
    private readonly int[] _sums;
    private readonly short[] _firsts;
    private readonly List<short> _pending = [];
    private long _samples;

    /// <summary>Begins a record.</summary>
    /// <param name="data">The signal file; not closed.</param>
    /// <param name="header">Name, rate, comments and signals, all of one file and format.</param>
    /// <exception cref="ArgumentException">The header has no signals, or they differ in file or format.</exception>
    public WfdbRecordWriter(Stream data, WfdbHeader header)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(header);
        if (header.Signals.DistinctBy(signal => (signal.FileName, signal.Format)).Count() != 1)
            throw new ArgumentException("A record is written into one file in one format, and has a signal at least.", nameof(header));
        _data = data;
        _header = header;
        _format = header.Signals[0].Format;
        _sums = new int[header.Signals.Count];
        _firsts = new short[header.Signals.Count];
    }

    private int Channels => _sums.Length;

    /// <summary>Appends samples in physical units: rounded, limited to what the format holds, NaN as missing.</summary>
    /// <param name="block">Shape (channels, n), channel after channel, in each signal's units.</param>
    public void Write(ReadOnlySpan<float> block)
    {
        var samples = SamplesIn(block.Length);
        var digital = new short[block.Length];
        for (var i = 0; i < block.Length; i++)
            digital[i] = _header.Signals[i / samples].ToDigital(block[i]);
        WriteDigital(digital);
    }

    /// <summary>Appends samples as they are to be stored.</summary>
    /// <param name="block">Shape (channels, n), channel after channel; for format 212 from −2,048 to 2,047.</param>
    public void WriteDigital(ReadOnlySpan<short> block)
    {
        var samples = SamplesIn(block.Length);
        var least = SampleCodec.Missing(_format);
        for (var i = 0; i < samples; i++)
        {
            for (var channel = 0; channel < Channels; channel++)
            {
                var value = block[(channel * samples) + i];
                if (value < least || value > -(least + 1))
                    throw new ArgumentOutOfRangeException(
                        nameof(block), value, $"Format {(int)_format} holds values from {least} to {-(least + 1)}.");
                _pending.Add(value);
                _sums[channel] += value;
                if (_samples == 0)
                    _firsts[channel] = value;
            }

            _samples++;
        }

        // An odd value of format 212 waits for its partner.
        Flush(_format == WfdbFormat.Format212 ? _pending.Count & ~1 : _pending.Count);
    }

    /// <summary>Writes what is left and gives the finished header.</summary>
    public WfdbHeader Complete()
    {
        Flush(_pending.Count);
        return new WfdbHeader
        {
            RecordName = _header.RecordName,
            RateHz = _header.RateHz,
            CounterHz = _header.CounterHz,
            BaseCounter = _header.BaseCounter,
            SampleCount = _samples,
            BaseTime = _header.BaseTime,
            BaseDate = _header.BaseDate,
            Comments = _header.Comments,
            Signals = [.. _header.Signals.Select((signal, channel) => signal with
            {
                InitialValue = _firsts[channel],
                Checksum = (short)_sums[channel],
            })],
        };
    }

    private int SamplesIn(int blockLength) =>
        blockLength % Channels == 0
            ? blockLength / Channels
            : throw new ArgumentException($"A block of {blockLength} values does not hold {Channels} channels of equal length.");

    private void Flush(int count)
    {
        var values = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_pending)[..count];
        var bytes = new byte[SampleCodec.BytesOf(_format, count)];
        SampleCodec.Pack(_format, values, bytes);
        _data.Write(bytes);
        _pending.RemoveRange(0, count);
    }
}
