using Microsoft.AspNetCore.StaticFiles;

namespace SignalStream.Gateway.Api;

/// <summary>The viewer's page at <c>/</c>.</summary>
internal static class ViewerFiles
{
    private const string HashedFolder = "/assets";

    private const string NotBuilt = """
        <!doctype html><html lang="en"><meta charset="utf-8"><title>SignalStream</title>
        <h1>SignalStream</h1>
        <p>The gateway runs; its viewer has not been built. <code>dotnet build services/gateway</code> builds it with
        Node.js 20.19 or later on the path (and without <code>-p:SkipViewer=true</code>).</p>
        <p>Meanwhile: <a href="/api/v1/streams">streams</a>, <a href="/health/ready">health</a>, <a href="/metrics">metrics</a>.</p></html>
        """;

    public static WebApplication UseViewerFiles(this WebApplication app)
    {
        app.UseDefaultFiles();
        app.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = SetCaching });
        if (!app.Environment.WebRootFileProvider.GetFileInfo("index.html").Exists)
            app.MapGet("/", () => TypedResults.Content(NotBuilt, "text/html; charset=utf-8"));
        return app;
    }

    // The viewer's build puts a hash into the names below /assets: another content is another name.
    private static void SetCaching(StaticFileResponseContext served) =>
        served.Context.Response.Headers.CacheControl = served.Context.Request.Path.StartsWithSegments(HashedFolder, StringComparison.Ordinal)
            ? "public, max-age=31536000, immutable"
            : "no-cache";
}
