using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace SignalStream.Gateway.Recorder;

/// <summary>Where a file's last row comes from.</summary>
internal readonly record struct RecordedPlace(ulong Sequence, DateTimeOffset Stored);

/// <summary>One kind's file of one day. Rows are whole or not there, whatever happens while one is written.</summary>
internal sealed partial class DailyFile : IDisposable
{
    /// <summary>Longer than any row.</summary>
    private const int TailBytes = 1 << 16;

    private readonly FileStream _stream;
    private long _length;

    private DailyFile(string path, FileStream stream)
    {
        (Path, _stream, _length) = (path, stream, stream.Length);
        stream.Position = _length;
    }

    public string Path { get; }

    /// <summary>Opens the day's file, or begins it. What a crash left of a row is cut off.</summary>
    /// <exception cref="IOException">It cannot be opened; another process may have it.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static DailyFile Open(string directory, string kind, DateOnly day, IReadOnlyList<string> columns)
    {
        Directory.CreateDirectory(directory);
        var header = Encoding.UTF8.GetBytes(string.Join(',', columns) + "\r\n");
        for (var part = 1; ; part++)
        {
            var path = System.IO.Path.Combine(directory, NameOf(kind, day, part));
            var stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
            try
            {
                CutTornRow(stream);
                if (stream.Length == 0)
                    stream.Write(header);
                // Another version has other columns: it keeps its file.
                if (HasHeader(stream, header))
                    return new DailyFile(path, stream);
                stream.Dispose();
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        }
    }

    /// <summary>Adds rows: all of them, or none and an exception.</summary>
    public void Append(ReadOnlySpan<byte> rows)
    {
        try
        {
            _stream.Write(rows);
            _stream.Flush();
            _length += rows.Length;
        }
        catch (IOException)
        {
            // Half a row must not stay.
            _stream.SetLength(_length);
            _stream.Position = _length;
            throw;
        }
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>The recorder's own files of a folder: nothing else is ever deleted.</summary>
    public static IReadOnlyList<(string Path, DateOnly Day)> In(string directory) => !Directory.Exists(directory) ? [] :
    [
        .. Directory.EnumerateFiles(directory, "readings-*.csv")
            .Select(path => (path, Match: Name().Match(System.IO.Path.GetFileName(path))))
            .Where(file => file.Match.Success && DateOnly.TryParseExact(file.Match.Groups["day"].Value, DayFormat, out _))
            .Select(file => (file.path, DateOnly.ParseExact(file.Match.Groups["day"].Value, DayFormat, CultureInfo.InvariantCulture)))
            .OrderBy(file => file.Item2).ThenBy(file => file.path, StringComparer.Ordinal),
    ];

    /// <summary>Place of the last row of each kind's newest file.</summary>
    public static IReadOnlyDictionary<string, RecordedPlace> LastPlaces(string directory)
    {
        var places = new Dictionary<string, RecordedPlace>();
        foreach (var (path, _) in In(directory))
        {
            if (PlaceOfLastRow(path) is { } place)
                places[Name().Match(System.IO.Path.GetFileName(path)).Groups["kind"].Value] = place;
        }

        return places;
    }

    private const string DayFormat = "yyyy-MM-dd";

    private static string NameOf(string kind, DateOnly day, int part) => string.Create(
        CultureInfo.InvariantCulture, $"readings-{kind}-{day.ToString(DayFormat, CultureInfo.InvariantCulture)}{(part == 1 ? "" : $".{part}")}.csv");

    private static RecordedPlace? PlaceOfLastRow(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var lines = Encoding.UTF8.GetString(Tail(stream)).Split("\r\n");
        // Behind the last line break is nothing, or a row that is not whole.
        var cells = lines.Length < 2 ? [] : lines[^2].Split(',', 3);
        return cells.Length == 3 && ulong.TryParse(cells[1], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            && DateTimeOffset.TryParse(cells[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var stored)
            ? new RecordedPlace(sequence, stored)
            : null;
    }

    private static void CutTornRow(FileStream stream)
    {
        var tail = Tail(stream);
        var last = tail.AsSpan().LastIndexOf((byte)'\n');
        if (last + 1 != tail.Length)
            stream.SetLength(stream.Length - tail.Length + last + 1);
        stream.Position = stream.Length;
    }

    private static bool HasHeader(FileStream stream, byte[] header)
    {
        var first = new byte[header.Length];
        stream.Position = 0;
        return stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false) == header.Length && first.AsSpan().SequenceEqual(header);
    }

    private static byte[] Tail(FileStream stream)
    {
        var tail = new byte[Math.Min(stream.Length, TailBytes)];
        stream.Position = stream.Length - tail.Length;
        stream.ReadExactly(tail);
        return tail;
    }

    [GeneratedRegex(@"^readings-(?<kind>[A-Za-z0-9_-]{1,64})-(?<day>\d{4}-\d{2}-\d{2})(?:\.\d+)?\.csv$", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
