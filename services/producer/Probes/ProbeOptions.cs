using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using SignalStream.Contracts;
using SignalStream.Messaging.Settings;

namespace SignalStream.Producer.Probes;

/// <summary>What is probed beside the targets in the bucket <c>targets</c>. Section <c>Probes</c>.</summary>
internal sealed class ProbeOptions
{
    /// <summary>Targets, one by one; their ids are those of the bucket, which wins.</summary>
    public List<ConfiguredTarget> Targets { get; set; } = [];

    /// <summary>Probes this system's own nats-server and gateway, and a set of simulated regions.</summary>
    public bool Default { get; set; }

    /// <summary>The gateway's page that <see cref="Default"/> gets.</summary>
    public string Gateway { get; set; } = "http://127.0.0.1:8080/health/live";

    /// <summary>Allows private addresses and this machine's own: whoever may edit targets can then look around in the network.</summary>
    public bool AllowPrivate { get; set; }

    /// <summary>More targets than this are refused. 10,000 at two a second are 20,000 packets a second.</summary>
    [Range(0, 100_000)] public int MaxTargets { get; set; } = 10_000;

    /// <summary>A name is looked up again after so long, s.</summary>
    [Range(1, 3600)] public int ResolveSeconds { get; set; } = 30;
}

/// <summary>A target in the configuration.</summary>
internal sealed class ConfiguredTarget
{
    public string Id { get; set; } = "";

    public string? Label { get; set; }

    public string Region { get; set; } = "";

    public string Probe { get; set; } = "";

    public string Address { get; set; } = "";

    public double IntervalMs { get; set; } = 500;

    public double TimeoutMs { get; set; } = 1000;

    public int PayloadBytes { get; set; } = 56;

    public string? HttpVersion { get; set; }

    public TargetDefinition Definition => new()
    {
        Label = Label,
        Region = Region,
        Probe = Probe,
        Address = Address,
        IntervalMs = IntervalMs,
        TimeoutMs = TimeoutMs,
        PayloadBytes = PayloadBytes,
        HttpVersion = HttpVersion,
    };
}

[OptionsValidator]
internal sealed partial class ProbeOptionsAttributes : IValidateOptions<ProbeOptions>;

/// <summary>The attributes' rules, and those of the targets.</summary>
internal sealed class ProbeOptionsValidator : IValidateOptions<ProbeOptions>
{
    public ValidateOptionsResult Validate(string? name, ProbeOptions options)
    {
        List<string> failures = [.. new ProbeOptionsAttributes().Validate(name, options).Failures ?? []];
        foreach (var (index, target) in options.Targets.Index())
        {
            if (!StreamId.TryParse($"net.{target.Id}", out _))
                failures.Add($"Probes:Targets:{index}:Id is {target.Id}: it must be 1 to 64 of A-Z, a-z, 0-9, _ and -.");
            if (target.Definition.Broken() is { } broken)
                failures.Add($"Probes:Targets:{index}: {broken}");
        }

        foreach (var twice in options.Targets.GroupBy(t => t.Id, StringComparer.Ordinal).Where(g => g.Count() > 1))
            failures.Add($"Probes:Targets: the id {twice.Key} stands {twice.Count()} times.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
