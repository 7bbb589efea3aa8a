using System.Globalization;

namespace SignalStream.Formats.Wfdb;

/// <summary>One file of samples and the signals that are interleaved in it.</summary>
internal sealed class SignalFile : IDisposable
{
    private readonly Stream _stream;
    private readonly WfdbSignal _layout;
    private readonly byte[] _bytes;

    /// <param name="stream">The samples; it must know its length and be seekable. Closed with this.</param>
    /// <param name="signals">In their order in the file.</param>
    /// <param name="firstChannel">Number in the record of the first of them.</param>
    /// <param name="chunk">The largest number of samples a signal read at once.</param>
    public SignalFile(Stream stream, IReadOnlyList<WfdbSignal> signals, int firstChannel, int chunk)
    {
        _stream = stream;
        _layout = signals[0];
        FirstChannel = firstChannel;
        Channels = signals.Count;
        // The bytes of one value more: a read of format 212 may begin in the middle of a pair.
        _bytes = new byte[SampleCodec.BytesOf(_layout.Format, ((long)chunk * Channels) + 1)];
    }

    public int FirstChannel { get; }

    public int Channels { get; }

    /// <summary>Samples a signal that the file holds.</summary>
    public long SampleCount => SampleCodec.ValuesIn(_layout.Format, Math.Max(0, _stream.Length - _layout.ByteOffset)) / Channels;

    /// <summary>Refuses a header that promises more than the file holds.</summary>
    public void CheckHolds(long samples, WfdbHeader header)
    {
        if (SampleCount >= samples)
            return;
        var needed = _layout.ByteOffset + SampleCodec.BytesOf(_layout.Format, samples * Channels);
        throw new WfdbException(
            header.Source,
            header.SignalLines.Count > FirstChannel ? header.SignalLines[FirstChannel] : 0,
            _layout.FileName,
            string.Create(
                CultureInfo.InvariantCulture,
                $"the file must have {needed} bytes for {samples} samples of {Channels} signals, but has {_stream.Length}."));
    }

    /// <summary>Reads all signals from a sample on, interleaved as in the file.</summary>
    /// <param name="sample">The first to read.</param>
    /// <param name="values">Filled; whole samples of all signals.</param>
    public void Read(long sample, Span<short> values)
    {
        var first = sample * Channels;
        var start = SampleCodec.StartOf(_layout.Format, first);
        var bytes = _bytes.AsSpan(0, (int)(SampleCodec.BytesOf(_layout.Format, first + values.Length) - start));
        try
        {
            _stream.Position = _layout.ByteOffset + start;
            _stream.ReadExactly(bytes);
        }
        catch (EndOfStreamException)
        {
            throw new WfdbException(_layout.FileName, 0, $"sample {sample}", "the file must not become shorter while it is read.");
        }

        SampleCodec.Unpack(_layout.Format, bytes, first, values);
    }

    public void Dispose() => _stream.Dispose();
}
