using System.Text;
using SignalStream.Messaging.Settings;

namespace SignalStream.UnitTests.Messaging;

public sealed class HeartLimitsTests
{
    [Fact]
    public void TryParse_SomeLimits_LeavesTheOthersAtTheirDefaults()
    {
        Assert.True(HeartLimits.TryParse("""{"tachycardiaBpm":140.5}"""u8, out var limits, out _));
        Assert.Equal(new HeartLimits { TachycardiaBpm = 140.5 }, limits);
        Assert.True(HeartLimits.TryParse(limits.ToJson(), out var again, out _));
        Assert.Equal(limits, again);
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("null", "object")]
    [InlineData("""{"tachycardia":140}""", "tachycardiaBpm")]
    [InlineData("""{"tachycardiaBpm":"fast"}""", "numbers")]
    [InlineData("""{"tachycardiaBpm":301}""", "tachycardiaBpm 301 must be from 60 to 300")]
    [InlineData("""{"bradycardiaBpm":14.5}""", "bradycardiaBpm 14.5 must be from 15 to 120")]
    [InlineData("""{"asystoleS":1}""", "asystoleS 1 must be from 2 to 10")]
    [InlineData("""{"asystoleS":1e999}""", "asystoleS")]
    [InlineData("""{"tachycardiaBpm":100,"bradycardiaBpm":95}""", "at least 10 above bradycardiaBpm 95")]
    public void TryParse_WhatBreaksARule_IsRefusedWithTheValueAndTheRule(string json, string rule)
    {
        Assert.False(HeartLimits.TryParse(Encoding.UTF8.GetBytes(json), out _, out var error));
        Assert.Contains(rule, error, StringComparison.Ordinal);
    }
}
