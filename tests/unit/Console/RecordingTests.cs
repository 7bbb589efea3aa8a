using SignalStream.Terminal;
using SignalStream.Terminal.Events;
using SignalStream.Terminal.Recording;

namespace SignalStream.UnitTests.Terminal;

public sealed class RecordingTests
{
    private static readonly StreamEvent Alert = new(
        1_780_000_000_123.25, "ecg.bed-1", "alert", 7, 9, [new Field("evidence", "no beat, \"4 s\"\r\nlong"), new Field("value", "")]);

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        // Two forecasts from one place differ in their steps alone.
        StreamEvent[] events = [Alert, Forecast("1"), Forecast("3"), Alert with { Index = 10 }];
        Assert.Equal(events.Select(Describe), RecordingReader.Read(new StringReader(Written(events)), "a.csv").Select(Describe));
    }

    [Theory]
    [InlineData("time,stream\n", "row 1")]
    [InlineData("time,stream,kind,epoch,index,field,value\nnow,a.b,beat,1,2,x,3\n", "row 2: \"now\" is no time")]
    [InlineData("time,stream,kind,epoch,index,field,value\n2026-01-01T00:00:00.000000Z,a.b,beat,-1,2,x,3\n", "\"-1\" is no whole number")]
    [InlineData("time,stream,kind,epoch,index,field,value\n2026-01-01T00:00:00.000000Z,\"a", "does not end")]
    [InlineData("", "row 1")]
    public void Read_BadRow_SaysWhichAndWhy(string text, string expected)
    {
        var failure = Assert.Throws<ConsoleFailure>(() => RecordingReader.Read(new StringReader(text), "a.csv").ToArray());
        Assert.Equal(ExitCode.File, failure.Code);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    private static StreamEvent Forecast(string steps) => new(5, "net.a", "forecast", 7, 9, [new Field("target", "rtt_ms"), new Field("steps", steps)]);

    private static string Written(IEnumerable<StreamEvent> events)
    {
        using var text = new StringWriter();
        var writer = new RecordingWriter(text);
        writer.WriteHeader();
        foreach (var e in events)
            writer.Write(e);
        return text.ToString();
    }

    private static string Describe(StreamEvent e) => $"{e with { Fields = [] }} {string.Join('|', e.Fields)}";
}
