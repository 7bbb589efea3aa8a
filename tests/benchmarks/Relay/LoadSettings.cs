using System.Globalization;

namespace SignalStream.Benchmarks.Relay;

/// <summary>Of the command line: <c>name=value</c>; an empty value is none.</summary>
internal sealed class LoadSettings(string[] args)
{
    private static readonly string[] s_ofAddress = ["hold", "compress"];

    private readonly Dictionary<string, string> _settings =
        args.Select(a => a.Split('=', 2)).Where(p => p.Length == 2 && p[1].Length > 0).ToDictionary(p => p[0], p => p[1]);

    public FleetShape Shape => new(Number("viewers", 1000), Number("each", 1), Number("slow", 0), Number("frozen", 0));

    public Dialect Dialect
    {
        get
        {
            var query = string.Join('&', s_ofAddress.Where(Has).Select(name => $"{name}={Text(name, "")}"));
            return Dialect.Of(query.Length == 0 ? "signalstream" : $"signalstream?{query}");
        }
    }

    public bool Has(string name) => _settings.ContainsKey(name);

    public string Text(string name, string fallback) => _settings.GetValueOrDefault(name, fallback);

    public int Number(string name, int fallback) =>
        _settings.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : fallback;
}
