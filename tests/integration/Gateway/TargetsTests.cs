using System.Text;
using System.Text.Json;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Gateway;

public class TargetsTests(NatsFixture nats) : IClassFixture<NatsFixture>
{
    [SkippableFact]
    public async Task Put_ATarget_IsThereUntilItIsDeleted()
    {
        await using var gateway = await StartAsync();
        Assert.DoesNotContain("game", await ListAsync(gateway), StringComparison.Ordinal);
        var (status, text) = await SendAsync(gateway, HttpMethod.Put, "game", """{"label":"Game","region":"eu-west","probe":"udp","address":"[::1]:27015"}""");
        Assert.Equal(200, status);
        Assert.Equal(
            """{"id":"game","label":"Game","region":"eu-west","probe":"udp","address":"[::1]:27015","intervalMs":500,"timeoutMs":1000,"payloadBytes":56}""", text);
        Assert.Equal(text, (await gateway.GetAsync("/api/v1/targets/game")).Text);
        Assert.Contains(text, await ListAsync(gateway), StringComparison.Ordinal);
        Assert.Equal(204, (await SendAsync(gateway, HttpMethod.Delete, "game")).Status);
        Assert.Equal(404, (await SendAsync(gateway, HttpMethod.Delete, "game")).Status);
        Assert.Equal(404, (await SendAsync(gateway, HttpMethod.Get, "game")).Status);
        Assert.DoesNotContain("game", await ListAsync(gateway), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Put_AsCurlSendsIt_NeedsNoContentType()
    {
        await using var gateway = await StartAsync();
        var (status, text) = await SendAsync(gateway, HttpMethod.Put, "curl", """{"probe":"icmp","address":"::1"}""", type: "application/x-www-form-urlencoded");
        Assert.Equal(200, status);
        Assert.Contains("curl", text, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("a.b", """{"probe":"icmp","address":"::1"}""", "is no target's id")]
    [InlineData("bad", """{"probe":"smtp","address":"::1"}""", "probe smtp must be icmp, tcp, udp, http or dns")]
    [InlineData("bad", """{"probe":"tcp","address":"nowhere"}""", "address nowhere must be host:port")]
    [InlineData("bad", """{"probe":"icmp","address":"::1","intervalMs":1}""", "intervalMs 1 must be from 250 to 3600000")]
    [InlineData("bad", """{"probe":"http","address":"http://169.254.169.254/latest"}""", "169.254.169.254 is link-local")]
    [InlineData("bad", """{"probe":"tcp","address":"[fe80::1]:80"}""", "fe80::1 is link-local")]
    [InlineData("bad", "no JSON", "invalid")]
    public async Task Put_WhatBreaksARule_IsAProblemThatNamesItAndNothingIsKept(string id, string body, string detail)
    {
        await using var gateway = await StartAsync();
        var (status, text) = await SendAsync(gateway, HttpMethod.Put, id, body);
        Assert.Equal(400, status);
        Assert.Contains(detail, JsonDocument.Parse(text).RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\"bad\"", await ListAsync(gateway), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Put_OfABodyTooLong_IsRefusedWithTheLimit()
    {
        await using var gateway = await StartAsync();
        var (status, text) = await SendAsync(gateway, HttpMethod.Put, "long", new string(' ', 5000) + "{}");
        Assert.Equal(400, status);
        Assert.Contains("4096", text, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("PUT", "X-Forwarded-For", "203.0.113.9", "203.0.113.9")]
    [InlineData("DELETE", "X-Forwarded-For", "203.0.113.9", "203.0.113.9")]
    [InlineData("PUT", "Origin", "https://elsewhere.example", "elsewhere.example")]
    public async Task Write_FromElsewhere_IsForbidden(string method, string header, string value, string named)
    {
        await using var gateway = await StartAsync("Gateway:TrustedProxies:0=127.0.0.1");
        await SendAsync(gateway, HttpMethod.Put, "kept", """{"probe":"icmp","address":"::1"}""");
        var (status, text) = await SendAsync(gateway, HttpMethod.Parse(method), "kept", """{"probe":"icmp","address":"127.0.0.1"}""", (header, value));
        Assert.Equal(403, status);
        Assert.Contains(named, text, StringComparison.Ordinal);
        Assert.Contains("::1", (await gateway.GetAsync("/api/v1/targets/kept")).Text, StringComparison.Ordinal);
    }

    private static async Task<string> ListAsync(GatewayHost gateway) => (await gateway.GetAsync("/api/v1/targets")).Text;

    private static async Task<(int Status, string Text)> SendAsync(
        GatewayHost gateway, HttpMethod method, string id, string? body = null, (string Name, string Value)? header = null, string type = "application/json")
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(method, new Uri(gateway.Address, $"/api/v1/targets/{id}"));
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, type);
        if (header is var (name, value))
            request.Headers.Add(name, value);
        var answer = await http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    private async Task<GatewayHost> StartAsync(params string[] settings) => await GatewayHost.StartAsync((await nats.ServerAsync()).Url, settings);
}
