using System.Net.Sockets;
using System.Text;
using NATS.Client.Core.Protocol;

namespace NATS.Client.Core;

/// <summary>One connection to one server, from the handshake to its end.</summary>
internal sealed class Session(ServerAddress server, Transport transport, ServerReader reader, ServerInfo info, long openedAt) : IDisposable
{
    public ServerAddress Server => server;

    public Transport Transport => transport;

    public ServerReader Reader => reader;

    public ServerInfo Info { get; set; } = info;

    public PingQueue Pings { get; } = new();

    public long OpenedAt => openedAt;

    /// <summary>Why the client itself ended it, if it did.</summary>
    public Exception? Abandoned { get; private set; }

    /// <summary>Ends it from outside: its reading side gets an exception.</summary>
    public void Abandon(Exception why)
    {
        Abandoned ??= why;
        transport.Dispose();
    }

    public void Dispose()
    {
        transport.Dispose();
        reader.Dispose();
    }
}

/// <summary>Connects to one server: INFO, TLS where agreed, CONNECT and PING, and its PONG.</summary>
internal sealed class Handshake(NatsOpts opts, ReceiveBufferPool pool, string? userInfo)
{
    public Func<(string Host, int Port), ValueTask<(string Host, int Port)>>? OnConnecting { get; init; }

    /// <exception cref="NatsServerException">The server refused.</exception>
    /// <exception cref="NatsException">It could not be reached in time, or does not speak as it should.</exception>
    public async Task<Session> OpenAsync(ServerAddress server, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(opts.ConnectTimeout, opts.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        Transport? transport = null;
        ServerReader? reader = null;
        try
        {
            var (host, port) = OnConnecting is null ? (server.Host, server.Port)
                : await OnConnecting((server.Host, server.Port)).ConfigureAwait(false);
            transport = await Transport.ConnectAsync(host, port, both.Token).ConfigureAwait(false);
            await using var _ = both.Token.UnsafeRegister(static t => ((Transport)t!).Dispose(), transport).ConfigureAwait(false);
            reader = new ServerReader(transport, pool, opts.MaxPayloadHardCap);
            var info = await AgreeAsync(server, transport, reader, both.Token).ConfigureAwait(false);
            return new Session(server, transport, reader, info, opts.Time.GetTimestamp());
        }
        catch (Exception e)
        {
            transport?.Dispose();
            reader?.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            if (timeout.IsCancellationRequested)
                throw new NatsException($"{server} did not answer within {opts.ConnectTimeout.TotalSeconds:0.###} s.", e);
            if (e is SocketException or IOException or ProtocolViolationException or ObjectDisposedException)
                throw new NatsException($"Can not connect to {server}: {e.Message}", e);
            throw;
        }
    }

    private async Task<ServerInfo> AgreeAsync(ServerAddress server, Transport transport, ServerReader reader, CancellationToken cancellationToken)
    {
        var mode = TlsSetup.EffectiveMode(opts.TlsOpts, server);
        if (mode == TlsMode.Implicit)
            await EncryptAsync(server, transport, cancellationToken).ConfigureAwait(false);
        var info = await ReadUntilAsync(reader, ServerOp.Info).ConfigureAwait(false)
            ?? throw new ProtocolViolationException("The server does not begin with INFO.");
        if (mode != TlsMode.Implicit && TlsSetup.IsWanted(mode, info, server))
            await EncryptAsync(server, transport, cancellationToken).ConfigureAwait(false);

        transport.Send(Connect(server, transport.IsEncrypted).ToCommand());
        return await ReadUntilAsync(reader, ServerOp.Pong).ConfigureAwait(false) ?? info;
    }

    private async Task EncryptAsync(ServerAddress server, Transport transport, CancellationToken cancellationToken)
    {
        try
        {
            var options = await TlsSetup.OptionsAsync(opts.TlsOpts, server.TlsName).ConfigureAwait(false);
            await transport.EncryptAsync(options, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new NatsException($"TLS with {server} failed: {e.Message}", e);
        }
    }

    /// <summary>Reads up to a command and returns the last INFO on the way, if there was one.</summary>
    private static async Task<ServerInfo?> ReadUntilAsync(ServerReader reader, ServerOp last)
    {
        ServerInfo? info = null;
        while (true)
        {
            while (reader.TryRead(out var command))
            {
                if (command.Op == ServerOp.Err)
                    throw new NatsServerException(ErrorText(reader.Body(command)));
                if (command.Op == ServerOp.Info)
                    info = ServerInfo.Parse(reader.Body(command));
                if (command.Op == last)
                    return info;
            }

            await Task.Run(reader.Receive).ConfigureAwait(false);
        }
    }

    internal static string ErrorText(ReadOnlySpan<byte> body) => Encoding.UTF8.GetString(body.Trim("' "u8));

    private ConnectOptions Connect(ServerAddress server, bool isEncrypted)
    {
        var (user, password, token) = Credentials(server);
        return new ConnectOptions
        {
            Verbose = opts.Verbose,
            Name = opts.Name,
            Echo = opts.Echo,
            Headers = opts.Headers,
            NoResponders = opts.Headers,
            TlsRequired = isEncrypted,
            User = user,
            Password = password,
            Token = token,
        };
    }

    private (string? User, string? Password, string? Token) Credentials(ServerAddress server)
    {
        var auth = opts.AuthOpts;
        if (!auth.IsAnonymous)
            return (NullIfEmpty(auth.Username), NullIfEmpty(auth.Password), NullIfEmpty(auth.Token));
        var inUrl = string.IsNullOrEmpty(server.UserInfo) ? userInfo : server.UserInfo;
        if (string.IsNullOrEmpty(inUrl))
            return default;
        var colon = inUrl.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? (null, null, Uri.UnescapeDataString(inUrl))
            : (Uri.UnescapeDataString(inUrl[..colon]), Uri.UnescapeDataString(inUrl[(colon + 1)..]), null);
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
