using System.Security.Cryptography;

namespace SignalStream.Hosting;

/// <summary>Who a replica is.</summary>
/// <param name="Service">Such as <c>producer</c>.</param>
/// <param name="Instance">One of its replicas; new with each start. 1 to 64 of A-Z, a-z, 0-9, _ and -.</param>
public sealed record ServiceIdentity(string Service, string Instance)
{
    /// <summary>The product's version, such as 0.1.0.</summary>
    public static string Version { get; } = typeof(ServiceIdentity).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    private const int LongestHost = 48;

    /// <summary>This process as a replica of a service.</summary>
    public static ServiceIdentity Of(string service)
    {
        var host = new string([.. Environment.MachineName.Take(LongestHost).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]);
        return new ServiceIdentity(service, $"{host}-{RandomNumberGenerator.GetHexString(6, lowercase: true)}");
    }
}
