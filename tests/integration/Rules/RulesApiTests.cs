using System.Text;
using System.Text.Json;
using SignalStream.IntegrationTests.Gateway;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Rules;

public sealed class RulesApiTests(NatsFixture nats) : IClassFixture<NatsFixture>
{
    [SkippableFact]
    public async Task Put_ARule_IsThereUntilItIsDeleted()
    {
        await using var gateway = await StartAsync();
        var (status, text) = await SendAsync(gateway, HttpMethod.Put, "rules/fast-heart", """{"name":"Fast heart","stream":"ecg.*","field":"heart_rate.bpm","threshold":140,"forS":10,"severity":"high"}""");
        Assert.Equal(200, status);
        Assert.Equal(
            """{"id":"fast-heart","builtIn":false,"name":"Fast heart","stream":"ecg.*","field":"heart_rate.bpm","compare":">","threshold":140,"forS":10,"clear":null,"severity":"high","noDataS":300,"enabled":true,"fieldLabel":"heart rate","unit":"/min"}""",
            text);
        Assert.Equal(text, (await gateway.GetAsync("/api/v1/rules/fast-heart")).Text);
        Assert.Contains(text, (await gateway.GetAsync("/api/v1/rules")).Text, StringComparison.Ordinal);
        Assert.Equal(204, (await SendAsync(gateway, HttpMethod.Delete, "rules/fast-heart")).Status);
        Assert.Equal(404, (await SendAsync(gateway, HttpMethod.Delete, "rules/fast-heart")).Status);
        Assert.Equal(404, (await gateway.GetAsync("/api/v1/rules/fast-heart")).Status);
    }

    [SkippableFact]
    public async Task BuiltInRule_IsListed_CanBeTurnedOffAndTakenBack()
    {
        await using var gateway = await StartAsync();
        Assert.Equal(200, (await gateway.GetAsync("/api/v1/rules/latency")).Status);
        Assert.Contains("\"fieldLabel\":\"median round trip over 10 s\",\"unit\":\"ms\"", (await gateway.GetAsync("/api/v1/rules/latency")).Text, StringComparison.Ordinal);
        Assert.Contains("\"id\":\"latency\",\"builtIn\":true", (await gateway.GetAsync("/api/v1/rules")).Text, StringComparison.Ordinal);
        var body = """{"stream":"net.*","field":"latency_statistics.p50_ms","threshold":100,"enabled":false}""";
        Assert.Equal(200, (await SendAsync(gateway, HttpMethod.Put, "rules/latency", body)).Status);
        var changed = (await gateway.GetAsync("/api/v1/rules/latency")).Text;
        Assert.Contains("\"builtIn\":false", changed, StringComparison.Ordinal);
        Assert.Contains("\"enabled\":false", changed, StringComparison.Ordinal);
        Assert.Equal(204, (await SendAsync(gateway, HttpMethod.Delete, "rules/latency")).Status);
        Assert.Contains("\"builtIn\":true", (await gateway.GetAsync("/api/v1/rules/latency")).Text, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("Fast", """{"field":"heart_rate.bpm","threshold":1}""", "is no rule's id: 1 to 48 of a-z, 0-9, _ and -")]
    [InlineData("default", """{"field":"heart_rate.bpm","threshold":1}""", "and not default")]
    [InlineData("bad", """{"field":"heart_rate.speed","threshold":1}""", "HeartRate has no speed, only bpm, instantaneous_bpm")]
    [InlineData("bad", """{"field":"heart_rate.bpm","threshold":"x"}""", "threshold x must be a number")]
    [InlineData("bad", """{"field":"heart_rate.bpm","threshold":1,"for":5}""", "Known are name, stream, field")]
    [InlineData("bad", "no JSON", "Known are name")]
    public async Task Put_WhatBreaksARule_IsAProblemThatNamesItAndNothingIsKept(string id, string body, string detail)
    {
        await using var gateway = await StartAsync();
        var (status, text) = await SendAsync(gateway, HttpMethod.Put, $"rules/{id}", body);
        Assert.Equal(400, status);
        Assert.Contains(detail, JsonDocument.Parse(text).RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\"bad\"", (await gateway.GetAsync("/api/v1/rules")).Text, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Put_MoreBytesThanTheBucketMayHave_IsRefusedWithTheLimit()
    {
        await using var gateway = await StartAsync();
        var name = new string('x', 100);
        var refused = "";
        for (var i = 0; i < 1001 && refused.Length == 0; i++)
        {
            var (status, text) = await SendAsync(gateway, HttpMethod.Put, $"rules/r{i}", $$"""{"name":"{{name}}","field":"latency_statistics.windows[seconds=60].p95_ms","threshold":{{i}}}""");
            refused = status == 200 ? "" : text;
        }

        Assert.Contains("the most is 196608", refused, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Fields_AreThoseOfTheMessages()
    {
        await using var gateway = await StartAsync();
        var fields = JsonDocument.Parse((await gateway.GetAsync("/api/v1/fields")).Text).RootElement.GetProperty("fields").EnumerateArray().ToArray();
        var condition = fields.Single(f => f.GetProperty("field").GetString() == "target_state.condition");
        Assert.Equal("""["unknown","up","degraded","down"]""", condition.GetProperty("words").GetRawText());
        Assert.Equal("/min", fields.Single(f => f.GetProperty("field").GetString() == "heart_rate.bpm").GetProperty("unit").GetString());
        Assert.Equal("heart rate", fields.Single(f => f.GetProperty("field").GetString() == "heart_rate.bpm").GetProperty("label").GetString());
    }

    [SkippableTheory]
    [InlineData("PUT", "rules/kept")]
    [InlineData("DELETE", "rules/kept")]
    [InlineData("POST", "alerts/0123456789abcdef/acknowledge")]
    public async Task Write_FromAnotherPage_IsForbidden(string method, string path)
    {
        await using var gateway = await StartAsync();
        var (status, text) = await SendAsync(gateway, HttpMethod.Parse(method), path, """{"field":"heart_rate.bpm","threshold":1}""", origin: "https://elsewhere.example");
        Assert.Equal(403, status);
        Assert.Contains("elsewhere.example", text, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Acknowledge_WhatDoesNotStand_IsNotFound()
    {
        await using var gateway = await StartAsync();
        Assert.Equal(404, (await SendAsync(gateway, HttpMethod.Post, "alerts/0123456789abcdef/acknowledge")).Status);
        Assert.Equal(400, (await SendAsync(gateway, HttpMethod.Post, "alerts/0123456789abcdef/acknowledge", """{"by":7}""")).Status);
    }

    private static async Task<(int Status, string Text)> SendAsync(GatewayHost gateway, HttpMethod method, string path, string? body = null, string? origin = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(method, new Uri(gateway.Address, $"/api/v1/{path}"));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (origin is not null)
            request.Headers.Add("Origin", origin);
        var answer = await http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<GatewayHost> StartAsync() => await GatewayHost.StartAsync((await nats.ServerAsync()).Url);
}
