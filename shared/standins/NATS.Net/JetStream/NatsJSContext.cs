using System.Buffers;
using NATS.Client.Core;
using NATS.Client.JetStream.Models;

namespace NATS.Client.JetStream;

/// <summary>JetStream on a connection. This part is the request to its API; the others are what is asked.</summary>
public partial class NatsJSContext : INatsJSContext
{
    private static readonly EmptyRequest Empty = new();
    private readonly NatsSubOpts _replyOpts;

    public NatsJSContext(INatsConnection connection)
        : this(connection, new NatsJSOpts(connection.Opts))
    {
    }

    public NatsJSContext(INatsConnection connection, NatsJSOpts opts)
    {
        Connection = connection;
        Opts = opts;
        _replyOpts = new NatsSubOpts { Timeout = opts.RequestTimeout };
    }

    public INatsConnection Connection { get; }

    public NatsJSOpts Opts { get; }

    public string NewBaseInbox() => Connection.NewInbox();

    public ValueTask<AccountInfoResponse> GetAccountInfoAsync(CancellationToken cancellationToken = default) =>
        AskAsync<AccountInfoResponse>("INFO", cancellationToken);

    public async ValueTask<TResponse> JSRequestResponseAsync<TRequest, TResponse>(string subject, TRequest? request, CancellationToken cancellationToken = default)
        where TRequest : class
        where TResponse : class
    {
        var reply = await Connection.RequestAsync(
            $"{Opts.Prefix}.{subject}",
            request is null or EmptyRequest ? null : JSJson.Write(request),
            requestSerializer: NatsRawSerializer<byte[]>.Default,
            replySerializer: NatsRawSerializer<byte[]>.Default,
            replyOpts: _replyOpts,
            cancellationToken: cancellationToken).ConfigureAwait(false);
        reply.EnsureSuccess();
        return JSJson.Read<TResponse>(reply.Data);
    }

    private ValueTask<TResponse> AskAsync<TResponse>(string subject, CancellationToken cancellationToken)
        where TResponse : class => JSRequestResponseAsync<EmptyRequest, TResponse>(subject, Empty, cancellationToken);

    /// <summary>Names become tokens of subjects: another character would ask for something else than was meant.</summary>
    private static string Checked(string? name, string what)
    {
        if (string.IsNullOrEmpty(name))
            throw new ArgumentException($"The name of the {what} is empty.");
        if (name.AsSpan().ContainsAny(ForbiddenInNames))
            throw new ArgumentException($"'{name}' is no name of a {what}: white space and . * > are not allowed.");
        return name;
    }

    private static readonly SearchValues<char> ForbiddenInNames = SearchValues.Create(" \t\r\n.*>/\\");
}
