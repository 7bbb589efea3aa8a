using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SignalStream.IntegrationTests.Webhooks;

/// <summary>An HTTP server that takes alerts, badly if it is told to.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Fingerprint, string Status)> _taken = new();
    private int _requests;

    private Receiver(WebApplication app) => _app = app;

    /// <summary>What it does with a request, by its number from 1 on, before it takes what is in it; a status above 299 takes nothing.</summary>
    public Func<int, CancellationToken, Task<int>> Behave { get; set; } = (_, _) => Task.FromResult(200);

    public string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/alerts";

    public int Requests => Volatile.Read(ref _requests);

    public (string Fingerprint, string Status)[] Taken => [.. _taken];

    public ConcurrentBag<string> Tokens { get; } = [];

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var receiver = new Receiver(app);
        app.MapPost("/alerts", receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        Tokens.Add(http.Request.Headers.Authorization.ToString());
        using var notice = await JsonDocument.ParseAsync(http.Request.Body);
        var status = await Behave(Interlocked.Increment(ref _requests), http.RequestAborted);
        http.Response.StatusCode = status;
        if (status > 299)
            return;
        foreach (var alert in notice.RootElement.GetProperty("alerts").EnumerateArray())
            _taken.Enqueue((alert.GetProperty("fingerprint").GetString()!, alert.GetProperty("status").GetString()!));
    }
}
