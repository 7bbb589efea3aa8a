using SignalStream.Processes;
using Xunit;

namespace SignalStream.TestKit;

/// <summary>What a test needs of the machine; without it the test is skipped by name (<c>[SkippableFact]</c>), never passed.</summary>
public static class Requirement
{
    private static readonly string[] UsualFolders = ["/usr/local/bin", "/usr/bin", "/usr/sbin", "/opt/homebrew/bin"];

    public static string NatsServer() => Program("nats-server");

    /// <summary>One of at least this version: that which NATS_SERVER names, else the installed one.</summary>
    public static async Task<string> NatsServerAsync(Version least)
    {
        var program = Environment.GetEnvironmentVariable("NATS_SERVER") is { Length: > 0 } named ? named : NatsServer();
        await using var asked = ChildProcess.Start(program, ["--version"]);
        var line = await asked.WaitForLineAsync(text => text.StartsWith("nats-server:", StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        var version = Version.Parse(line.Split('v')[^1].Split('-')[0]);
        Skip.If(version < least, $"nats-server is {version}: this needs {least}. NATS_SERVER may name another one.");
        return program;
    }

    public static string Promtool() => Program("promtool");

    public static string Node() => Program("node");

    public static string Chromium() => Program("chromium", "chromium-browser", "google-chrome");

    /// <summary>Path of the first of these programs that is installed.</summary>
    public static string Program(params string[] names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var path = names.Select(Find).FirstOrDefault(found => found is not null);
        Skip.If(path is null, $"{names[0]} is not installed.");
        return path!;
    }

    private static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
            .Concat(UsualFolders)
            .Where(folder => folder.Length > 0)
            .SelectMany(folder => new[] { Path.Combine(folder, name), Path.Combine(folder, name + ".exe") })
            .FirstOrDefault(File.Exists);
}
