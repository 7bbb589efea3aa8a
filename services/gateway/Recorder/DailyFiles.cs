using System.Buffers;
using SignalStream.Contracts;
using SignalStream.Messaging.Logs;

namespace SignalStream.Gateway.Recorder;

/// <summary>The files of a folder: a reading goes to its kind's file of the day (UTC) on which the log took it in.</summary>
/// <remarks>What cannot be written is kept and tried again, in order; who adds must mind <see cref="Waiting"/>.</remarks>
internal sealed class DailyFiles(RecorderOptions options, RecorderMetrics metrics, TimeProvider time) : IDisposable
{
    /// <summary>Rows that are written at once.</summary>
    private const int PieceBytes = 1 << 16;

    /// <summary>After a fall back of the log's clock, or a log that was made anew, this much is no repeat.</summary>
    private static readonly TimeSpan SameTime = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, (DateOnly Day, DailyFile File)> _open = [];
    private readonly Queue<Piece> _waiting = new();
    private readonly Dictionary<string, RecordedPlace> _last = new(DailyFile.LastPlaces(options.Directory));
    private long _bytes;

    /// <summary>Rows of one file, to be written together.</summary>
    private sealed record Piece(string Kind, DateOnly Day)
    {
        public ArrayBufferWriter<byte> Rows { get; } = new(4096);

        public int Count { get; set; }
    }

    /// <summary>Readings that are added and in no file yet.</summary>
    public int Waiting { get; private set; }

    /// <summary>From where on readings are missing in the files; null when there are none yet.</summary>
    public RecordedPlace? Behind => _last.Count == 0 ? null : _last.Values.MinBy(place => place.Stored);

    /// <summary>Adds a reading as a row; what the files have already is passed over.</summary>
    public void Add(StreamId stream, in LoggedMessage logged)
    {
        var day = DateOnly.FromDateTime(logged.Stored.UtcDateTime);
        if (_last.TryGetValue(stream.Kind, out var last) && logged.Sequence <= last.Sequence && logged.Stored <= last.Stored + SameTime)
            return;
        var piece = _waiting.LastOrDefault(p => p.Kind == stream.Kind);
        if (piece is null || piece.Day != day || piece.Rows.WrittenCount > PieceBytes)
            piece = new Piece(stream.Kind, day);
        if (!RecordFormat.TryWrite(piece.Rows, stream, logged))
        {
            metrics.Dropped("unreadable");
            return;
        }

        if (piece.Count++ == 0)
            _waiting.Enqueue(piece);
        Waiting++;
        _last[stream.Kind] = new RecordedPlace(logged.Sequence, logged.Stored);
    }

    /// <summary>Writes all that waits.</summary>
    /// <exception cref="IOException">Some of it cannot be written; it waits on.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void Write()
    {
        while (_waiting.TryPeek(out var piece))
        {
            if (_bytes + piece.Rows.WrittenCount > options.Bytes)
                Sweep();
            if (_bytes + piece.Rows.WrittenCount > options.Bytes)
                metrics.Dropped("full", piece.Count);
            else
                Append(piece);
            _waiting.Dequeue();
            Waiting -= piece.Count;
            metrics.Waiting(Waiting);
        }
    }

    /// <summary>Deletes what is too old, or too much.</summary>
    /// <exception cref="IOException">The folder cannot be read, or a file not be deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void Sweep()
    {
        var oldest = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(1 - options.Days);
        var files = DailyFile.In(options.Directory).Select(file => (file.Path, file.Day, new FileInfo(file.Path).Length)).ToList();
        _bytes = files.Sum(file => file.Length);
        foreach (var (path, day, length) in files)
        {
            if ((day >= oldest && _bytes <= options.Bytes - PieceBytes) || _open.Values.Any(o => o.File.Path == path && o.Day >= oldest))
                continue;
            CloseOf(path);
            File.Delete(path);
            _bytes -= length;
        }

        metrics.Bytes(_bytes);
    }

    public void Dispose()
    {
        foreach (var (_, file) in _open.Values)
            file.Dispose();
        _open.Clear();
    }

    private void Append(Piece piece)
    {
        try
        {
            Open(piece).Append(piece.Rows.WrittenSpan);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The folder may have been taken away under an open file: the next try opens it anew.
            Close(piece.Kind);
            throw;
        }

        _bytes += piece.Rows.WrittenCount;
        metrics.Bytes(_bytes);
        metrics.Recorded(piece.Count);
    }

    private DailyFile Open(Piece piece)
    {
        if (_open.TryGetValue(piece.Kind, out var open) && open.Day == piece.Day && File.Exists(open.File.Path))
            return open.File;
        Close(piece.Kind);
        var file = DailyFile.Open(options.Directory, piece.Kind, piece.Day, RecordFormat.ColumnsOf(piece.Kind)!);
        _open[piece.Kind] = (piece.Day, file);
        return file;
    }

    private void CloseOf(string path)
    {
        if (_open.FirstOrDefault(o => o.Value.File.Path == path).Key is { } kind)
            Close(kind);
    }

    private void Close(string kind)
    {
        if (_open.Remove(kind, out var open))
            open.File.Dispose();
    }
}
