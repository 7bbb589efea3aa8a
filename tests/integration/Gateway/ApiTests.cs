using System.Text.Json;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Gateway;

public class ApiTests(NatsFixture nats) : IClassFixture<NatsFixture>
{
    [SkippableFact]
    public async Task Streams_Filters_GiveThoseOfTheKindAndTheLife()
    {
        await using var gateway = await StartAsync();
        await gateway.AddStreamAsync("flt.one");
        var ended = await gateway.AddStreamAsync("flt.two");
        await gateway.AddStreamAsync("xyz.one");
        await gateway.EndStreamAsync(ended);
        await Eventually.TrueAsync(async () => (await ListAsync(gateway, "?kind=flt&life=live")).SequenceEqual(["flt.one"]));
        Assert.Equal(["flt.one", "flt.two"], await ListAsync(gateway, "?kind=flt"));
        Assert.Equal(["flt.two"], await ListAsync(gateway, "?life=ended"));
        Assert.Contains("xyz.one", await ListAsync(gateway, ""));
    }

    [SkippableFact]
    public async Task Stream_InTheCatalog_IsDescribedWithoutATopic()
    {
        await using var gateway = await StartAsync();
        await gateway.AddStreamAsync("abc.described");
        var (_, text, _) = await gateway.GetAsync("/api/v1/streams/abc.described");
        Assert.Equal(
            """{"stream":"abc.described","label":"Label of described","unit":"mV","rateHz":250,"channels":[{"name":"II","minimum":-2,"maximum":2}],"source":"test","region":"","simulated":true,"speed":1,"epoch":1780000000,"epochStart":0,"life":"live","lifeSince":0}""",
            text);
    }

    [SkippableTheory]
    [InlineData(400, "/api/v1/streams?kind=a.b", "kind=\"a.b\"")]
    [InlineData(400, "/api/v1/streams?life=dead", "life=\"dead\"")]
    [InlineData(400, "/api/v1/streams/nodot", "\"nodot\" is no stream name: <kind>.<id>, each 1 to 64")]
    [InlineData(404, "/api/v1/streams/abc.nobody", "abc.nobody is not in the catalog.")]
    [InlineData(400, "/ws", "the request lacks the upgrade")]
    public async Task Get_BadRequest_IsAProblemThatNamesValueAndRule(int status, string path, string detail)
    {
        await using var gateway = await StartAsync();
        var (actual, text, answer) = await gateway.GetAsync(path);
        Assert.Equal((status, "application/problem+json"), (actual, answer.Content.Headers.ContentType?.MediaType));
        Assert.Contains(detail, JsonDocument.Parse(text).RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task OpenApi_Document_DescribesEveryEndpointWithItsAnswers()
    {
        await using var gateway = await StartAsync();
        var (status, text, _) = await gateway.GetAsync("/api/v1/openapi.json");
        Assert.Equal(200, status);
        var document = JsonDocument.Parse(text).RootElement;
        Assert.StartsWith("3.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var paths = document.GetProperty("paths").EnumerateObject().ToDictionary(p => p.Name, p => p.Value);
        Assert.All(paths.Keys, path => Assert.StartsWith("/api/v1/", path, StringComparison.Ordinal));
        Assert.All(paths.Values.SelectMany(p => p.EnumerateObject()), operation => Assert.NotEmpty(operation.Value.GetProperty("responses").EnumerateObject()));
        Assert.All(["/api/v1/streams", "/api/v1/streams/{stream}", "/api/v1/system", "/api/v1/settings/heart/{stream}", "/api/v1/streams/{stream}/history", "/api/v1/streams/{stream}/trend"], path => Assert.Contains(path, paths.Keys));
        var replica = document.GetProperty("components").GetProperty("schemas").GetProperty("ReplicaState").GetProperty("properties");
        Assert.True(replica.TryGetProperty("lagSeconds", out _));
    }

    [SkippableFact]
    public async Task Root_WithOrWithoutABuiltViewer_IsAPageWithSecurityHeaders()
    {
        await using var gateway = await StartAsync();
        var (status, text, answer) = await gateway.GetAsync("/");
        Assert.Equal((200, "text/html"), (status, answer.Content.Headers.ContentType?.MediaType));
        Assert.Contains("SignalStream", text, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [SkippableTheory]
    [InlineData("Relay:StallSeconds=0", "StallSeconds")]
    [InlineData("WebSockets:MaxConnections=-1", "MaxConnections")]
    [InlineData("Relay:Stall=5", "Stall")]
    public async Task Start_OptionOutOfRangeOrUnknown_IsRefusedByName(string setting, string named)
    {
        var url = (await nats.ServerAsync()).Url;
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => GatewayHost.StartAsync(url, setting));
        Assert.Contains(named, refused.ToString(), StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<string>> ListAsync(GatewayHost gateway, string query)
    {
        var (_, text, _) = await gateway.GetAsync("/api/v1/streams" + query);
        return [.. JsonDocument.Parse(text).RootElement.GetProperty("streams").EnumerateArray().Select(s => s.GetProperty("stream").GetString()!)];
    }

    private async Task<GatewayHost> StartAsync() => await GatewayHost.StartAsync((await nats.ServerAsync()).Url);
}
