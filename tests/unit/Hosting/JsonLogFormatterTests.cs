using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SignalStream.Hosting.Telemetry;
using SignalStream.TestKit;

namespace SignalStream.UnitTests.Hosting;

public sealed partial class JsonLogFormatterTests
{
    [Fact]
    public void Write_GeneratedEvent_NamesItAndItsValues()
    {
        using var line = Written(log => ViewerLeft(log, "bed \"1\"", 12, 0.5));
        var root = line.RootElement;
        Assert.Equal("2026-01-02T03:04:05.006Z", root.GetProperty("Timestamp").GetString());
        Assert.Equal("Warning", root.GetProperty("LogLevel").GetString());
        Assert.Equal(nameof(ViewerLeft), root.GetProperty("Event").GetString());
        Assert.Equal("Viewer bed \"1\" left after 12 frames and 0.5 s.", root.GetProperty("Message").GetString());
        Assert.Equal("""{"Viewer":"bed \u00221\u0022","Frames":12,"Seconds":0.5}""", root.GetProperty("State").GetRawText());
        Assert.False(root.TryGetProperty("Exception", out _));
    }

    [Fact]
    public void Write_ValueThatJsonHasNoNumberFor_IsText()
    {
        using var line = Written(log => ViewerLeft(log, "x", 0, double.NaN));
        Assert.Equal("NaN", line.RootElement.GetProperty("State").GetProperty("Seconds").GetString());
    }

    [Fact]
    public void Write_Exception_IsOneLine()
    {
        using var line = Written(log => log.Log(
            LogLevel.Error, default, "plain", new InvalidOperationException("no\nway"), (state, _) => state));
        Assert.Contains("no\nway", line.RootElement.GetProperty("Exception").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, line.RootElement.GetProperty("Event").ValueKind);
    }

    private static JsonDocument Written(Action<ILogger> say)
    {
        var time = new ManualTimeProvider(DateTimeOffset.Parse("2026-01-02T03:04:05.006Z", CultureInfo.InvariantCulture));
        using var text = new StringWriter();
        say(new Writer(new JsonLogFormatter(time), text));
        var lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return JsonDocument.Parse(Assert.Single(lines));
    }

    [LoggerMessage(LogLevel.Warning, "Viewer {Viewer} left after {Frames} frames and {Seconds} s.")]
    private static partial void ViewerLeft(ILogger log, string viewer, long frames, double seconds);

    private sealed class Writer(JsonLogFormatter formatter, StringWriter text) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> format) =>
            formatter.Write(new LogEntry<TState>(logLevel, "Test", eventId, state, exception, format), null, text);
    }
}
