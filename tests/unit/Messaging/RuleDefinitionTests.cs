using System.Text;
using SignalStream.Contracts;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Settings;

namespace SignalStream.UnitTests.Messaging;

public sealed class RuleDefinitionTests
{
    [Fact]
    public void TryParse_LeftOut_IsTheDefault()
    {
        var rule = Parse("""{"field":"heart_rate.bpm","threshold":140}""");
        Assert.Equal(("*", ">", 140, 0, "medium", 300, true), (rule.Stream, rule.Compare, rule.Limit, rule.ForS, rule.Severity, rule.NoDataS, rule.Enabled));
        Assert.Equal(rule.ToJson(), Parse(Encoding.UTF8.GetString(rule.ToJson())).ToJson());
    }

    [Theory]
    [InlineData("""{"field":"heart_rate.bpm"}""", "threshold (left out) must be a number")]
    [InlineData("""{"field":"heart_rate.bpm","threshold":"fast"}""", "threshold fast must be a number")]
    [InlineData("""{"field":"heart_rate.bpm","threshold":1,"compare":"=>"}""", "compare => must be >, >=, <, <=, == or !=")]
    [InlineData("""{"field":"heart_rate.bpm","threshold":1,"forS":-1}""", "forS -1 must be from 0 to 86400")]
    [InlineData("""{"field":"heart_rate.bpm","threshold":1,"noDataS":1}""", "noDataS 1 must be from 5 to 3000")]
    [InlineData("""{"field":"heart_rate.bpm","threshold":1,"clear":2}""", "clear 2 must be on the other side of threshold 1")]
    [InlineData("""{"field":"heart_rate.bpm","threshold":1,"compare":"<","clear":0.5}""", "clear 0.5 must be on the other side")]
    [InlineData("""{"field":"heart_rate.bpm","threshold":1,"compare":"==","clear":1}""", "there is none for == and !=")]
    [InlineData("""{"field":"heart_rate.bpm","threshold":1,"severity":"critical"}""", "severity critical must be low, medium or high")]
    [InlineData("""{"field":"heart_rate.bpm","threshold":1,"stream":"ecg.bed 1"}""", "stream ecg.bed 1 must be <kind>.<id>, <kind>.* or *")]
    [InlineData("""{"field":"target_state.condition","threshold":"down"}""", "is no number, it takes == or !=")]
    [InlineData("""{"field":"target_state.condition","compare":"==","threshold":"broken"}""", "threshold broken must be one of unknown, up, degraded, down")]
    [InlineData("""{"field":"beat.poor_signal","compare":"==","threshold":1}""", "threshold 1 must be true or false")]
    [InlineData("""{"field":"heart_rate.rate","threshold":1}""", "HeartRate has no rate, only bpm")]
    [InlineData("""{"field":"heart_rate.bpm","threshold":1,"name":"X","for":3}""", "Known are name, stream, field")]
    [InlineData("null", "an object is wanted")]
    [InlineData("no JSON", "Known are name")]
    public void TryParse_WhatBreaksARule_NamesValueAndRule(string json, string message)
    {
        Assert.False(RuleDefinition.TryParse(Encoding.UTF8.GetBytes(json), out _, out var error));
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("ecg.*", true)]
    [InlineData("ecg.bed-1", true)]
    [InlineData("ecg.bed-11", false)]
    [InlineData("net.*", false)]
    [InlineData("e.*", false)]
    public void Matches_Pattern_MeansWhatItSays(string pattern, bool wanted) =>
        Assert.Equal(wanted, Parse($$"""{"field":"heart_rate.bpm","threshold":1,"stream":"{{pattern}}"}""").Matches(new StreamId("ecg", "bed-1")));

    [Theory]
    [InlineData(">", 10, 10.1, 10)]
    [InlineData(">=", 10, 10, 9.9)]
    [InlineData("<", 10, 9.9, 10)]
    [InlineData("<=", 10, 10, 10.1)]
    [InlineData("==", 10, 10, 10.1)]
    [InlineData("!=", 10, 10.1, 10)]
    public void Holds_EachComparison_IsAsWritten(string compare, double threshold, double holds, double not)
    {
        var rule = Parse($$"""{"field":"heart_rate.bpm","compare":"{{compare}}","threshold":{{threshold}}}""");
        Assert.True(rule.Holds(Number(holds)));
        Assert.False(rule.Holds(Number(not)));
        Assert.True(rule.IsOver(Number(not)));
    }

    [Fact]
    public void IsOver_WithAClear_IsOverThereAndNotBefore()
    {
        var rule = Parse("""{"field":"heart_rate.bpm","threshold":140,"clear":120}""");
        Assert.False(rule.IsOver(Number(130)));
        Assert.True(rule.IsOver(Number(120)));
    }

    [Fact]
    public void BuiltIn_EachRule_FollowsItsOwnRules()
    {
        foreach (var (id, rule) in RuleDefinition.BuiltIn)
        {
            Assert.True(RuleDefinition.IsId(id));
            Parse(Encoding.UTF8.GetString(rule.ToJson()));
        }

        Assert.Equal(200, RuleDefinition.BuiltIn["latency"].Limit);
    }

    private static FieldValue Number(double value) => new(FieldState.Known, value, "");

    private static RuleDefinition Parse(string json)
    {
        Assert.True(RuleDefinition.TryParse(Encoding.UTF8.GetBytes(json), out var rule, out var error), error);
        return rule;
    }
}
