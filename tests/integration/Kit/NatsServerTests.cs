using NATS.Client.Core;
using SignalStream.Processes;
using SignalStream.TestKit;
using Testcontainers.Nats;

namespace SignalStream.IntegrationTests.Kit;

public sealed class NatsServerTests
{
    [SkippableFact]
    public async Task RestartAsync_Killed_HasThePortAndANewProcess()
    {
        await using var server = await NatsServer.StartAsync();
        var (port, process) = (server.Port, server.ProcessId);

        await server.RestartAsync();
        await using var connection = new NatsConnection(server.ClientOptions);
        await connection.PingAsync();

        Assert.Equal(port, server.Port);
        Assert.NotEqual(process, server.ProcessId);
        Assert.True(Directory.Exists(server.StoreFolder));
    }

    [SkippableFact]
    public async Task StartAsync_ConfigurationText_IsUsed()
    {
        await using var server = await NatsServer.StartAsync(new NatsServerOptions { Config = "authorization { user: a, password: b }" });
        await using var welcome = new NatsConnection(server.ClientOptions with { AuthOpts = new NatsAuthOpts { Username = "a", Password = "b" } });

        await welcome.PingAsync();

        Assert.True(welcome.ServerInfo!.AuthRequired);
    }

    [SkippableFact]
    public async Task StartAsync_ConfigurationThatIsNone_ThrowsWithTheServersWords()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => NatsServer.StartAsync(new NatsServerOptions { Config = "no_such_setting: 1" }));
        Assert.Contains("no_such_setting", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task DisposeAsync_Running_LeavesNeitherProcessNorFolder()
    {
        var server = await NatsServer.StartAsync();
        var (folder, process) = (server.StoreFolder, server.ProcessId);

        await server.DisposeAsync();

        Assert.False(Directory.Exists(folder));
        Assert.Throws<ArgumentException>(() => System.Diagnostics.Process.GetProcessById(process));
    }

    [SkippableFact]
    public async Task NatsBuilder_UserAndPassword_AreAskedForAndInTheConnectionString()
    {
        Requirement.NatsServer();
        await using var container = new NatsBuilder().WithUsername("user").WithPassword("se cret").Build();
        await container.StartAsync();

        await using var welcome = new NatsConnection(NatsOpts.Default with { Url = container.GetConnectionString() });
        await welcome.PingAsync();
        await using var refused = new NatsConnection(NatsOpts.Default with { Url = $"nats://{container.Hostname}:{container.GetMappedPublicPort(4222)}" });

        await Assert.ThrowsAnyAsync<NatsException>(() => refused.ConnectAsync().AsTask());
    }

    [SkippableFact]
    public async Task ChildProcess_Output_IsComplete()
    {
        Skip.If(OperatingSystem.IsWindows(), "There is no sh.");
        await using var child = ChildProcess.Start("/bin/sh", ["-c", "echo one; echo two >&2; exit 3"]);

        await child.Exited;

        Assert.Equal(["one", "two"], child.Output.Order());
        Assert.Equal(3, child.ExitCode);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => child.WaitForLineAsync(line => line == "three", TimeSpan.FromSeconds(10)));
        Assert.Contains("two", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task ChildProcess_AfterItsParentDied_IsGoneWithItsFolder()
    {
        Skip.If(OperatingSystem.IsWindows(), "There is no sh.");

        // This process cannot die to prove it: a dotnet host that runs the kit's assembly by reflection would prove the
        // same with more machinery, so the shell's part is driven directly, with a pipe that closes as at a death.
        var folder = Directory.CreateTempSubdirectory().FullName;
        Directory.CreateDirectory(Path.Combine(folder, "children"));
        await using var child = ChildProcess.Start("/bin/sh", ["-c", "sleep 600"]);
        await File.WriteAllTextAsync(Path.Combine(folder, "children", $"{child.Id}"), string.Empty);

        await using var shell = ChildProcess.Start("/bin/sh", ["-c", Reaper.Script, "reaper", folder]);
        await shell.Exited.WaitAsync(TimeSpan.FromSeconds(30));
        await child.Exited.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.False(Directory.Exists(folder));
    }
}
