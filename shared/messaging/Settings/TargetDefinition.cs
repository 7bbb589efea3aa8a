using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SignalStream.Messaging.Settings;

/// <summary>What to probe and how: the JSON of a key of the bucket <c>targets</c>. The key is the id: <c>net.ID</c> is the stream.</summary>
/// <remarks>Set, not init: the JSON reader that is generated gives an init property that was left out no default.</remarks>
public sealed record TargetDefinition
{
    private const int LongestText = 200;

    /// <summary>For people; the id when left out.</summary>
    public string? Label { get; set; }

    /// <summary>Where it is; may be empty.</summary>
    public string Region { get; set; } = "";

    /// <summary><c>icmp</c>, <c>tcp</c>, <c>udp</c>, <c>http</c> or <c>dns</c>.</summary>
    public string Probe { get; set; } = "";

    /// <summary>Host for icmp, <c>host:port</c> for tcp and udp, URL for http, <c>server[:port]/name</c> for dns.</summary>
    public string Address { get; set; } = "";

    /// <summary>From one probe to the next, ms, from 250 to 3,600,000.</summary>
    public double IntervalMs { get; set; } = 500;

    /// <summary>A probe without an answer for so long is lost, ms, from 10 to 60,000.</summary>
    public double TimeoutMs { get; set; } = 1000;

    /// <summary>Bytes that icmp and udp carry, from 16 to 1,400.</summary>
    public int PayloadBytes { get; set; } = 56;

    /// <summary>Of HTTP: <c>1.1</c>, <c>2</c> or <c>3</c>, and no other; null: 2 where the server offers it over TLS, else 1.1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? HttpVersion { get; set; }

    /// <summary>How it is probed.</summary>
    [JsonIgnore]
    public ProbeKind Kind => Probe switch
    {
        "icmp" => ProbeKind.Icmp,
        "tcp" => ProbeKind.Tcp,
        "udp" => ProbeKind.Udp,
        "http" => ProbeKind.Http,
        "dns" => ProbeKind.Dns,
        _ => ProbeKind.Unknown,
    };

    /// <summary>Reads and checks the JSON; false with the value and the rule.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> json, [NotNullWhen(true)] out TargetDefinition? target, [NotNullWhen(false)] out string? error)
    {
        try
        {
            target = JsonSerializer.Deserialize(json, TargetJson.Default.TargetDefinition);
            error = target is null ? "null: an object is wanted." : target.Broken();
        }
        catch (JsonException exception)
        {
            (target, error) = (null, $"{exception.Message} Known are label, region, probe, address, intervalMs, timeoutMs, payloadBytes and httpVersion.");
        }

        if (error is not null)
            target = null;
        return error is null;
    }

    /// <summary>The JSON, all said.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, TargetJson.Default.TargetDefinition);

    /// <summary>The rule that it breaks, with the value; null when it breaks none.</summary>
    public string? Broken() =>
        Kind == ProbeKind.Unknown ? $"probe {Probe} must be icmp, tcp, udp, http or dns."
        : Outside("intervalMs", IntervalMs, 250, 3_600_000)
        ?? Outside("timeoutMs", TimeoutMs, 10, 60_000)
        ?? Outside("payloadBytes", PayloadBytes, 16, 1400)
        ?? WrongVersion()
        ?? TooLong("label", Label)
        ?? TooLong("region", Region)
        ?? TooLong("address", Address)
        ?? (TargetAddress.TryParse(Kind, Address, out _, out var error) ? null : error);

    private static string? Outside(string name, double value, double least, double most) => value >= least && value <= most
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"{name} {value} must be from {least} to {most}.");

    private string? WrongVersion() => HttpVersion switch
    {
        null => null,
        not ("1.1" or "2" or "3") => $"httpVersion {HttpVersion} must be 1.1, 2 or 3.",
        _ when Kind != ProbeKind.Http => $"httpVersion {HttpVersion} is for http, not for {Probe}.",
        "3" when !Address.StartsWith("https://", StringComparison.OrdinalIgnoreCase) => "httpVersion 3 needs a URL that begins with https://.",
        _ => null,
    };

    private static string? TooLong(string name, string? value) =>
        value?.Length > LongestText ? $"{name} has {value.Length} characters: at most {LongestText}." : null;
}

/// <summary>An address taken apart.</summary>
/// <param name="Host">Name or literal address.</param>
/// <param name="Port">0 for icmp.</param>
/// <param name="Url">Of an HTTP probe.</param>
/// <param name="Name">That a DNS probe asks for.</param>
public sealed record TargetAddress(string Host, int Port, Uri? Url = null, string? Name = null)
{
    private const int DnsPort = 53;

    /// <summary>Takes an address apart; false with the value and the rule.</summary>
    public static bool TryParse(ProbeKind kind, string text, [NotNullWhen(true)] out TargetAddress? address, [NotNullWhen(false)] out string? error)
    {
        address = kind switch
        {
            ProbeKind.Icmp => HostOnly(text),
            ProbeKind.Tcp or ProbeKind.Udp => HostAndPort(text, 0),
            ProbeKind.Http => OfUrl(text),
            ProbeKind.Dns => OfQuery(text),
            _ => null,
        };
        error = address is not null ? null : $"address {text} must be " + kind switch
        {
            ProbeKind.Icmp => "a host: a name, an IPv4 or an IPv6 address.",
            ProbeKind.Http => "a URL that begins with http:// or https://, without a user.",
            ProbeKind.Dns => "server/name or server:port/name.",
            _ => "host:port, an IPv6 address in brackets.",
        };
        return address is not null;
    }

    private static TargetAddress? HostOnly(string text) =>
        Uri.CheckHostName(text.Trim('[', ']')) is UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6 ? new TargetAddress(text.Trim('[', ']'), 0) : null;

    private static TargetAddress? HostAndPort(string text, int otherwise)
    {
        var colon = text.LastIndexOf(':');
        var bracket = text.LastIndexOf(']');
        if (colon <= bracket)
            return otherwise > 0 && HostOnly(text) is { } bare ? bare with { Port = otherwise } : null;
        return HostOnly(text[..colon]) is { } host
            && (bracket > 0 || !host.Host.Contains(':', StringComparison.Ordinal))
            && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? host with { Port = port }
            : null;
    }

    private static TargetAddress? OfUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0 && HostOnly(url.Host) is { } host
            ? host with { Port = url.Port, Url = url }
            : null;

    private static TargetAddress? OfQuery(string text)
    {
        if (text.Split('/') is not [var server, var name] || Uri.CheckHostName(name) != UriHostNameType.Dns || name.Split('.').Any(l => l.Length is 0 or > 63))
            return null;
        return HostAndPort(server, DnsPort) is { } address ? address with { Name = name } : null;
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(TargetDefinition))]
internal sealed partial class TargetJson : JsonSerializerContext;
