using System.Net;
using Microsoft.AspNetCore.Http.HttpResults;
using SignalStream.Gateway.Security;
using SignalStream.Gateway.WebSockets;

namespace SignalStream.Gateway.Api;

/// <summary>Writing is for who sits at this machine, and for no page but ours: until bearers have rights, nobody else has any.</summary>
internal sealed class LocalOnly(OriginPolicy origins) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        // No address: a client in the same process, as tests have.
        if (http.Connection.RemoteIpAddress is { } remote && !IPAddress.IsLoopback(remote))
            return Forbidden($"{http.Request.Method} from {remote}: settings are changed from the gateway's own machine only.");
        string? origin = http.Request.Headers.Origin;
        return origins.Allows(origin, http.Request.Host.Value ?? "")
            ? await next(context)
            : Forbidden($"{http.Request.Method} from a page of {CommandError.Quote(origin!)}: it is not among the allowed origins.");
    }

    private static ProblemHttpResult Forbidden(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status403Forbidden);
}
