using NATS.Client.Core;
using SignalStream.TestKit;

namespace SignalStream.IntegrationTests.Nats;

public sealed class AuthenticationTests
{
    private const string Users = "authorization { users: [ { user: alice, password: \"s3cr:t\" } ] }";
    private const string Token = "authorization { token: \"t0ken\" }";

    [SkippableTheory]
    [InlineData(Users, "alice:s3cr%3At@", null, null, null)]
    [InlineData(Users, "", "alice", "s3cr:t", null)]
    [InlineData(Users, "alice:wrong@", "alice", "s3cr:t", null)]
    [InlineData(Token, "t0ken@", null, null, null)]
    [InlineData(Token, "", null, null, "t0ken")]
    public async Task ConnectAsync_RightCredentials_AreTaken(string config, string inUrl, string? user, string? password, string? token)
    {
        await using var server = await NatsServer.StartAsync(new NatsServerOptions { Config = config });
        await using var connection = new NatsConnection(server.ClientOptions with
        {
            Url = server.Url.Replace("://", "://" + inUrl, StringComparison.Ordinal),
            AuthOpts = new NatsAuthOpts { Username = user, Password = password, Token = token },
        });
        await connection.ConnectAsync();
        await connection.PingAsync();
    }

    [SkippableTheory]
    [InlineData(Users, "")]
    [InlineData(Users, "alice:wrong@")]
    [InlineData(Token, "wrong@")]
    public async Task ConnectAsync_WrongCredentials_AreRefusedWithAClearError(string config, string inUrl)
    {
        await using var server = await NatsServer.StartAsync(new NatsServerOptions { Config = config });
        await using var connection = new NatsConnection(server.ClientOptions with { Url = server.Url.Replace("://", "://" + inUrl, StringComparison.Ordinal) });
        var error = await Assert.ThrowsAsync<NatsException>(async () => await connection.ConnectAsync());
        Assert.True(Assert.IsType<NatsServerException>(error.InnerException).IsAuthError);
        Assert.Contains("authorization violation", error.Message, StringComparison.OrdinalIgnoreCase);
        await Assert.ThrowsAnyAsync<NatsException>(async () => await connection.PublishAsync("a", 1));
    }

    [SkippableFact]
    public async Task Reconnecting_RefusedTwice_GivesUpInsteadOfHammering()
    {
        await using var server = await NatsServer.StartAsync(new NatsServerOptions { Config = Users });
        await using var connection = new NatsConnection(server.ClientOptions with
        {
            AuthOpts = new NatsAuthOpts { Username = "alice", Password = "wrong" },
            RetryOnInitialConnect = true,
        });
        await Assert.ThrowsAnyAsync<NatsException>(async () => await connection.ConnectAsync());
        Assert.Equal(NatsConnectionState.Failed, connection.ConnectionState);
        await Assert.ThrowsAsync<NatsConnectionFailedException>(async () => await connection.PublishAsync("a", 1));
    }

    [SkippableFact]
    public async Task PublishAsync_NotPermitted_RaisesServerErrorAndStaysConnected()
    {
        const string Config = "authorization { users: [ { user: bob, password: b, permissions: { publish: \"allowed.>\" } } ] }";
        await using var server = await NatsServer.StartAsync(new NatsServerOptions { Config = Config });
        await using var connection = new NatsConnection(server.ClientOptions with { AuthOpts = new NatsAuthOpts { Username = "bob", Password = "b" } });
        var refused = new TaskCompletionSource<string>();
        connection.ServerError += (_, e) =>
        {
            refused.TrySetResult(e!.Error);
            return default;
        };
        await connection.PublishAsync("forbidden", 1);
        Assert.Contains("Permissions Violation", await refused.Task.WaitAsync(TimeSpan.FromSeconds(20)), StringComparison.Ordinal);
        await connection.PingAsync();
    }

    /// <remarks>The package can sign; what is better here is only that the error names it.</remarks>
    [Fact]
    [Trait("Standin", "better")]
    public async Task ConnectAsync_CredentialsThatNeedSignatures_NamesThePackage()
    {
        foreach (var auth in new NatsAuthOpts[] { new() { NKey = "U", Seed = "S" }, new() { Jwt = "ey" }, new() { CredsFile = "a.creds" } })
        {
            await using var connection = new NatsConnection(new NatsOpts { AuthOpts = auth });
            var error = await Assert.ThrowsAsync<NotSupportedException>(async () => await connection.ConnectAsync());
            Assert.Contains("NATS.Net", error.Message, StringComparison.Ordinal);
        }
    }
}
