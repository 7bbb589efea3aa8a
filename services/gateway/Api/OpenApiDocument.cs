using SignalStream.Hosting;

namespace SignalStream.Gateway.Api;

/// <summary>The REST endpoints described by themselves, at <c>/api/v1/openapi.json</c>.</summary>
internal static class OpenApiDocument
{
    private const string Folder = "api/v1/";

    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.ShouldInclude = endpoint => endpoint.RelativePath?.StartsWith(Folder, StringComparison.Ordinal) == true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "SignalStream";
            document.Info.Version = ServiceIdentity.Version;
            document.Info.Description = "Errors are problem details (RFC 9457) that name the value and the rule. Times are milliseconds since the Unix epoch.";
            document.Servers?.Clear(); // Wherever the document was fetched from.
            return Task.CompletedTask;
        });
    });

    public static WebApplication MapApiDocument(this WebApplication app)
    {
        app.MapOpenApi($"/{Folder}openapi.json");
        return app;
    }
}
