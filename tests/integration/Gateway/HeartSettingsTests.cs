using System.Text;
using System.Text.Json;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Gateway;

public class HeartSettingsTests(NatsFixture nats) : IClassFixture<NatsFixture>
{
    [SkippableFact]
    public async Task Put_OfAStream_IsInForceUntilItIsRemoved()
    {
        await using var gateway = await StartAsync();
        Assert.Equal(
            """{"stream":"ecg.set-1","from":"built-in","tachycardiaBpm":120,"bradycardiaBpm":50,"asystoleS":4}""",
            (await gateway.GetAsync("/api/v1/settings/heart/ecg.set-1")).Text);
        var (status, text) = await SendAsync(gateway, HttpMethod.Put, "ecg.set-1", """{"tachycardiaBpm":140}""");
        Assert.Equal(200, status);
        Assert.Equal("""{"stream":"ecg.set-1","from":"stream","tachycardiaBpm":140,"bradycardiaBpm":50,"asystoleS":4}""", text);
        Assert.Equal(text, (await gateway.GetAsync("/api/v1/settings/heart/ecg.set-1")).Text);
        Assert.Contains("built-in", (await SendAsync(gateway, HttpMethod.Delete, "ecg.set-1")).Text, StringComparison.Ordinal);
        Assert.Equal(200, (await SendAsync(gateway, HttpMethod.Delete, "ecg.set-1")).Status);
    }

    [SkippableFact]
    public async Task Put_OfDefault_IsInForceForStreamsWithoutTheirOwn()
    {
        await using var gateway = await StartAsync();
        await SendAsync(gateway, HttpMethod.Put, "ecg.set-2", """{"asystoleS":6}""");
        await SendAsync(gateway, HttpMethod.Put, "default", """{"asystoleS":5}""");
        var others = (await gateway.GetAsync("/api/v1/settings/heart/ecg.set-3")).Text;
        var own = (await gateway.GetAsync("/api/v1/settings/heart/ecg.set-2")).Text;
        await SendAsync(gateway, HttpMethod.Delete, "default");
        Assert.Contains("""from":"default","tachycardiaBpm":120,"bradycardiaBpm":50,"asystoleS":5""", others, StringComparison.Ordinal);
        Assert.Contains("""from":"stream","tachycardiaBpm":120,"bradycardiaBpm":50,"asystoleS":6""", own, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("nodot", "{}", "is no stream name")]
    [InlineData("net.eu-west", "{}", "only streams of kind ecg")]
    [InlineData("ecg.set-4", """{"tachycardiaBpm":30}""", "tachycardiaBpm 30 must be from 60 to 300")]
    [InlineData("ecg.set-4", """{"fast":1}""", "Known are tachycardiaBpm")]
    [InlineData("ecg.set-4", "no JSON", "invalid")]
    public async Task Put_WhatBreaksARule_IsAProblemThatNamesItAndNothingChanges(string stream, string body, string detail)
    {
        await using var gateway = await StartAsync();
        var (status, text) = await SendAsync(gateway, HttpMethod.Put, stream, body);
        Assert.Equal(400, status);
        Assert.Contains(detail, JsonDocument.Parse(text).RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("built-in", (await gateway.GetAsync("/api/v1/settings/heart/ecg.set-4")).Text, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Put_OfABodyTooLong_IsRefusedWithTheLimit()
    {
        await using var gateway = await StartAsync();
        var (status, text) = await SendAsync(gateway, HttpMethod.Put, "ecg.set-5", new string(' ', 5000) + "{}");
        Assert.Equal(400, status);
        Assert.Contains("4096", text, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("X-Forwarded-For", "203.0.113.9", "203.0.113.9")]
    [InlineData("Origin", "https://elsewhere.example", "elsewhere.example")]
    public async Task Put_FromElsewhere_IsForbidden(string header, string value, string named)
    {
        await using var gateway = await StartAsync("Gateway:TrustedProxies:0=127.0.0.1");
        var (status, text) = await SendAsync(gateway, HttpMethod.Put, "ecg.set-6", "{}", (header, value));
        Assert.Equal(403, status);
        Assert.Contains(named, text, StringComparison.Ordinal);
        Assert.Contains("built-in", (await gateway.GetAsync("/api/v1/settings/heart/ecg.set-6")).Text, StringComparison.Ordinal);
    }

    private static async Task<(int Status, string Text)> SendAsync(
        GatewayHost gateway, HttpMethod method, string stream, string? body = null, (string Name, string Value)? header = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(method, new Uri(gateway.Address, $"/api/v1/settings/heart/{stream}"));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (header is var (name, value))
            request.Headers.Add(name, value);
        var answer = await http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<GatewayHost> StartAsync(params string[] settings) => await GatewayHost.StartAsync((await nats.ServerAsync()).Url, settings);
}
