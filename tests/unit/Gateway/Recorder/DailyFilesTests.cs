using System.Diagnostics;
using Prometheus;
using SignalStream.Contracts;
using SignalStream.Gateway.Recorder;
using SignalStream.Messaging;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Logs;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Gateway.Recorder;

public sealed class DailyFilesTests : IDisposable
{
    private static readonly DateTimeOffset s_noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly StreamId s_stream = new("net", "a");

    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"recorder-{Guid.NewGuid():N}");
    private readonly ManualTimeProvider _time = new(s_noon);
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly RecorderMetrics _metrics;

    public DailyFilesTests() => _metrics = new RecorderMetrics(Metrics.WithCustomRegistry(_registry));

    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Write_OverMidnight_EachDayHasItsFileWithAHeader()
    {
        using var files = Open();
        Add(files, 1, s_noon.AddHours(11.99));
        Add(files, 2, s_noon.AddHours(12));
        Add(files, 3, s_noon.AddHours(12.01));
        files.Add(new StreamId("market", "AAPL"), new LoggedMessage(4, s_noon.AddHours(13), 0, PriceCodec.Encode(new PriceReading(1, 4, 1, 1, 2, 0.5, 1.5, 9))));
        files.Write();
        Assert.Equal(["readings-market-2026-05-02.csv", "readings-net-2026-05-01.csv", "readings-net-2026-05-02.csv"], Names());
        Assert.Equal([1L], Sequences("readings-net-2026-05-01.csv"));
        Assert.Equal([2L, 3L], Sequences("readings-net-2026-05-02.csv"));
        Assert.StartsWith("stored,sequence,stream,time,epoch,index,probe,outcome,rtt_ms,", File.ReadAllText(PathOf("readings-net-2026-05-02.csv")), StringComparison.Ordinal);
        Assert.Contains("\r\n2026-05-02T01:00:00.000000Z,4,market.AAPL,", File.ReadAllText(PathOf("readings-market-2026-05-02.csv")), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_AfterARestart_GoesOnWithoutRepeatHeaderOrTornRow()
    {
        using (var before = Open())
        {
            for (var i = 1; i <= 5; i++)
                Add(before, i, s_noon.AddSeconds(i));
            before.Write();
        }

        // As a crash leaves it: half a row.
        var name = "readings-net-2026-05-01.csv";
        File.AppendAllText(PathOf(name), "2026-05-01T12:00:06.000000Z,6,net.a,2026-05-0");
        using var files = Open();
        Assert.Equal(new RecordedPlace(5, s_noon.AddSeconds(5)), files.Behind);
        // The log is read a little from before: a row that is there is not written again.
        for (var i = 3; i <= 8; i++)
            Add(files, i, s_noon.AddSeconds(i));
        files.Write();
        Assert.Equal([1L, 2, 3, 4, 5, 6, 7, 8], Sequences(name));
        Assert.Single(File.ReadAllLines(PathOf(name)), line => line.StartsWith("stored", StringComparison.Ordinal));
    }

    [Fact]
    public void Add_ALogThatWasMadeAnew_IsNoRepeatAlthoughItCountsFromOne()
    {
        using (var before = Open())
        {
            Add(before, 900, s_noon);
            before.Write();
        }

        using var files = Open();
        Add(files, 1, s_noon.AddMinutes(1));
        files.Write();
        Assert.Equal([900L, 1], Sequences("readings-net-2026-05-01.csv"));
    }

    [Fact]
    public void Write_AFileOfOtherColumns_IsLeftAndAnotherBegun()
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(PathOf("readings-net-2026-05-01.csv"), "stored,sequence\r\n2026-05-01T11:00:00.000000Z,1\r\n");
        using var files = Open();
        Add(files, 2, s_noon);
        files.Write();
        Assert.Equal(2, File.ReadAllLines(PathOf("readings-net-2026-05-01.csv")).Length);
        Assert.Equal([2L], Sequences("readings-net-2026-05-01.2.csv"));
    }

    [Fact]
    public void Sweep_DaysGone_DeletesTheOldestAndNothingOfOthers()
    {
        using var files = Open(days: 3);
        for (var day = 0; day < 5; day++)
        {
            Add(files, day + 1, s_noon.AddDays(day));
            files.Write();
        }

        File.WriteAllText(PathOf("readings-mine.csv"), "kept");
        File.WriteAllText(PathOf("readings-net-2026-04-31.csv"), "no such day");
        _time.Advance(TimeSpan.FromDays(4));
        files.Sweep();
        Assert.Equal(
            ["readings-mine.csv", "readings-net-2026-04-31.csv", "readings-net-2026-05-03.csv", "readings-net-2026-05-04.csv", "readings-net-2026-05-05.csv"], Names());
    }

    [Fact]
    public void Write_MoreThanAllMayBe_TheOldestDayGoesThenWhatIsNewIsCounted()
    {
        using var files = Open(megabytes: 1);
        Add(files, 1, s_noon.AddDays(-1));
        files.Write();
        var sequence = 2;
        for (var i = 0; i < 10_000; i++)
            Add(files, sequence++, s_noon.AddMilliseconds(i));
        files.Write();
        Assert.Equal(["readings-net-2026-05-01.csv"], Names());
        Assert.InRange(new FileInfo(PathOf("readings-net-2026-05-01.csv")).Length, 900_000, 1 << 20);
        var (recorded, dropped) = (Metric("readings_total"), Metric("dropped_total{reason=\"full\"}"));
        Assert.Equal(10_001, recorded + dropped);
        Assert.True(dropped > 1000);
        // The next day there is room again.
        _time.Advance(TimeSpan.FromDays(1));
        Add(files, sequence, s_noon.AddDays(1));
        files.Write();
        Assert.Equal([(long)sequence], Sequences("readings-net-2026-05-02.csv"));
    }

    [Fact]
    public void Write_AFolderThatCannotBe_KeepsAllAndWritesItLater()
    {
        File.WriteAllText(_folder, "in the way");
        using var files = Open();
        Add(files, 1, s_noon);
        Assert.ThrowsAny<IOException>(files.Write);
        Add(files, 2, s_noon.AddSeconds(1));
        Assert.ThrowsAny<IOException>(files.Write);
        Assert.Equal(2, files.Waiting);
        File.Delete(_folder);
        files.Write();
        Assert.Equal([1L, 2], Sequences("readings-net-2026-05-01.csv"));
        Assert.Equal(0, files.Waiting);
    }

    [SkippableFact]
    public void Write_TheDiskIsFull_LeavesNoHalfRowAndGoesOnWhenThereIsRoom()
    {
        Directory.CreateDirectory(_folder);
        Skip.IfNot(OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", _folder), "A file system of 64 KiB cannot be mounted here.");
        try
        {
            File.WriteAllBytes(PathOf("others"), new byte[40_000]);
            using var files = Open();
            for (var i = 1; i <= 300; i++)
            {
                Add(files, i, s_noon.AddSeconds(i));
                if (i % 50 == 0)
                    Record.Exception(files.Write);
            }

            Assert.ThrowsAny<IOException>(files.Write);
            Assert.InRange(files.Waiting, 1, 299);
            Assert.EndsWith("\r\n", File.ReadAllText(PathOf("readings-net-2026-05-01.csv")), StringComparison.Ordinal);
            File.Delete(PathOf("others"));
            files.Write();
            Assert.Equal(Enumerable.Range(1, 300).Select(i => (long)i), Sequences("readings-net-2026-05-01.csv"));
        }
        finally
        {
            Run("umount", _folder);
        }
    }

    [Fact]
    public void Add_WhatIsNoReading_IsCountedAndLeftOut()
    {
        using var files = Open();
        files.Add(s_stream, new LoggedMessage(1, s_noon, 0, new byte[] { 0xFF }));
        files.Add(new StreamId("media", "x"), new LoggedMessage(2, s_noon, 0, new byte[] { 1 }));
        Add(files, 3, s_noon, "line\r\nbreak, \"quoted\"");
        files.Write();
        Assert.Equal(2, Metric("dropped_total{reason=\"unreadable\"}"));
        var row = File.ReadAllLines(PathOf("readings-net-2026-05-01.csv"))[1];
        Assert.EndsWith(",\"line break, \"\"quoted\"\"\"", row, StringComparison.Ordinal);
    }

    private DailyFiles Open(int days = 7, int megabytes = 100) =>
        new(new RecorderOptions { Directory = _folder, Days = days, Megabytes = megabytes }, _metrics, _time);

    private static void Add(DailyFiles files, int sequence, DateTimeOffset stored, string? error = null)
    {
        var reading = new ProbeReading(1, (ulong)sequence, EventTime.Of(stored), ProbeKind.Tcp, ProbeOutcome.Answered, 1.5) { Target = "127.0.0.1:4222", Error = error };
        files.Add(s_stream, new LoggedMessage((ulong)sequence, stored, 0, ReadingCodec.Encode(reading)));
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    private IEnumerable<string> Names() => Directory.GetFiles(_folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal);

    private IEnumerable<long> Sequences(string name) => File.ReadAllLines(PathOf(name)).Skip(1).Select(line => long.Parse(line.Split(',')[1], System.Globalization.CultureInfo.InvariantCulture));

    private double Metric(string name)
    {
        using var text = new MemoryStream();
        _registry.CollectAndExportAsTextAsync(text, CancellationToken.None).GetAwaiter().GetResult();
        var line = System.Text.Encoding.UTF8.GetString(text.ToArray()).Split('\n').FirstOrDefault(l => l.StartsWith($"signalstream_gateway_recorder_{name} ", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true });
            process!.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
