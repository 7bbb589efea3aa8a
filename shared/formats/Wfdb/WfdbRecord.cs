using System.Globalization;

namespace SignalStream.Formats.Wfdb;

/// <summary>Reads the samples of a record block by block, without loading its files.</summary>
/// <remarks>
/// WFDB Programmer's and Applications Guides (Moody GB), header(5) and signal(5): formats 16 and 212, several signals
/// in a file and several files. Memory is bounded by the number of signals, not by the record's length.
/// </remarks>
public sealed class WfdbRecord : IDisposable
{
    private const int ChunkSamples = 512;
    private const int FileBufferBytes = 16 * 1024;

    private readonly SignalFile[] _files;
    private readonly short[] _interleaved;
    private readonly short[] _digital;

    private WfdbRecord(WfdbHeader header, SignalFile[] files)
    {
        Header = header;
        _files = files;
        _interleaved = new short[ChunkSamples * files.Max(file => file.Channels)];
        _digital = new short[ChunkSamples * header.Signals.Count];
        SampleCount = header.SampleCount ?? files.Min(file => file.SampleCount);
        foreach (var file in files)
            file.CheckHolds(SampleCount, header);
    }

    /// <summary>What the header says.</summary>
    public WfdbHeader Header { get; }

    /// <summary>How many signals there are.</summary>
    public int Channels => Header.Signals.Count;

    /// <summary>Samples a signal, from the header or, where it does not say, from the files.</summary>
    public long SampleCount { get; }

    /// <summary>Number of the next sample to be read.</summary>
    public long Position { get; private set; }

    /// <summary>Opens a record on disk; its signal files lie beside its header.</summary>
    /// <param name="path">The header, with or without its <c>.hea</c>.</param>
    /// <exception cref="WfdbException">A file is missing or breaks a rule.</exception>
    public static WfdbRecord Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var headerPath = path.EndsWith(".hea", StringComparison.OrdinalIgnoreCase) ? path : path + ".hea";
        var folder = Path.GetDirectoryName(Path.GetFullPath(headerPath))!;
        return Open(ReadHeader(headerPath), name => OpenFile(Path.Combine(folder, name)));
    }

    /// <summary>Opens a record whose files come from anywhere.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="openFile">Gives a signal file by its name: seekable, closed with the record.</param>
    /// <exception cref="WfdbException">A file cannot be opened, or holds less than the header says.</exception>
    public static WfdbRecord Open(WfdbHeader header, Func<string, Stream> openFile)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(openFile);
        if (header.Signals.Count == 0)
            throw new WfdbException(header.Source, 1, header.RecordName, "the record must have a signal to be read.");

        var files = new List<SignalFile>();
        try
        {
            for (var channel = 0; channel < header.Signals.Count; channel += files[^1].Channels)
                files.Add(OpenSignals(header, channel, openFile));
            return new WfdbRecord(header, [.. files]);
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    /// <summary>Goes to a sample; the next read begins there.</summary>
    /// <param name="sample">From 0 to <see cref="SampleCount"/>.</param>
    public void Seek(long sample)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sample);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sample, SampleCount);
        Position = sample;
    }

    /// <summary>Reads the next samples in physical units; a sample that is missing in the record is NaN.</summary>
    /// <param name="block">
    /// Shape (channels, n), channel after channel, in each signal's units; a multiple of the number of channels. Of the
    /// last block fewer samples remain: then its first channels · m values are filled, of shape (channels, m).
    /// </param>
    /// <returns>Samples a channel that were read: n, less in the last block, 0 at the end.</returns>
    public int Read(Span<float> block)
    {
        var samples = Remaining(block.Length);
        for (var done = 0; done < samples;)
        {
            var chunk = ReadChunk(samples - done);
            for (var channel = 0; channel < Channels; channel++)
            {
                var signal = Header.Signals[channel];
                var digital = _digital.AsSpan(channel * chunk, chunk);
                var physical = block.Slice((channel * samples) + done, chunk);
                for (var i = 0; i < chunk; i++)
                    physical[i] = signal.ToPhysical(digital[i]);
            }

            done += chunk;
        }

        return samples;
    }

    /// <summary>Reads the next samples as they are stored.</summary>
    /// <param name="block">Shape (channels, n), channel after channel, as for <see cref="Read"/>.</param>
    /// <returns>Samples a channel that were read.</returns>
    public int ReadDigital(Span<short> block)
    {
        var samples = Remaining(block.Length);
        for (var done = 0; done < samples;)
        {
            var chunk = ReadChunk(samples - done);
            for (var channel = 0; channel < Channels; channel++)
                _digital.AsSpan(channel * chunk, chunk).CopyTo(block[((channel * samples) + done)..]);
            done += chunk;
        }

        return samples;
    }

    /// <summary>Reads the whole record and compares first samples and checksums with the header; keeps the position.</summary>
    /// <exception cref="WfdbException">One differs: the samples are not those that the header was written for.</exception>
    public void Verify()
    {
        var position = Position;
        var sums = new int[Channels];
        Position = 0;
        while (Position < SampleCount)
        {
            var isFirst = Position == 0;
            var chunk = ReadChunk((int)Math.Min(ChunkSamples, SampleCount - Position));
            for (var channel = 0; channel < Channels; channel++)
            {
                if (isFirst)
                    Compare(channel, "first sample", Header.Signals[channel].InitialValue, _digital[channel * chunk]);
                foreach (var sample in _digital.AsSpan(channel * chunk, chunk))
                    sums[channel] += sample;
            }
        }

        Position = position;
        for (var channel = 0; channel < Channels; channel++)
            Compare(channel, "checksum", Header.Signals[channel].Checksum, (short)sums[channel]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var file in _files)
            file.Dispose();
    }

    private static WfdbHeader ReadHeader(string path)
    {
        try
        {
            using var stream = OpenFile(path);
            return WfdbHeader.Read(stream, Path.GetFileName(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new WfdbException(path, 0, Path.GetFileName(path), $"the header must be a file that can be read. {exception.Message}");
        }
    }

    private static FileStream OpenFile(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileBufferBytes);

    private static SignalFile OpenSignals(WfdbHeader header, int first, Func<string, Stream> openFile)
    {
        var name = header.Signals[first].FileName;
        WfdbSignal[] signals = [.. header.Signals.Skip(first).TakeWhile(signal => signal.FileName == name)];
        try
        {
            return new SignalFile(openFile(name), signals, first, ChunkSamples);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var line = header.SignalLines.Count > first ? header.SignalLines[first] : 0;
            throw new WfdbException(header.Source, line, name, $"the signal file must be there and readable. {exception.Message}");
        }
    }

    private int Remaining(int blockLength) =>
        blockLength % Channels == 0
            ? (int)Math.Min(blockLength / Channels, SampleCount - Position)
            : throw new ArgumentException($"A block of {blockLength} values does not hold {Channels} channels of equal length.");

    /// <summary>Fills <see cref="_digital"/>, channel after channel, with at most that many samples a channel.</summary>
    private int ReadChunk(int samples)
    {
        var chunk = Math.Min(samples, ChunkSamples);
        foreach (var file in _files)
        {
            var values = _interleaved.AsSpan(0, chunk * file.Channels);
            file.Read(Position, values);
            for (var channel = 0; channel < file.Channels; channel++)
            {
                var target = _digital.AsSpan((file.FirstChannel + channel) * chunk, chunk);
                for (var i = 0; i < chunk; i++)
                    target[i] = values[(i * file.Channels) + channel];
            }
        }

        Position += chunk;
        return chunk;
    }

    private void Compare(int channel, string what, int? promised, int found)
    {
        if (promised is null || promised == found)
            return;
        var line = Header.SignalLines.Count > channel ? Header.SignalLines[channel] : 0;
        throw new WfdbException(
            Header.Source,
            line,
            promised.Value.ToString(CultureInfo.InvariantCulture),
            $"the {what} of signal {channel} in {Header.Signals[channel].FileName} is {found}.");
    }
}
