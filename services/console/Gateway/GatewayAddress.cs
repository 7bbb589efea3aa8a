namespace SignalStream.Terminal.Gateway;

/// <summary>Where a gateway is.</summary>
internal sealed record GatewayAddress(Uri Http)
{
    public const string Default = "http://localhost:8080";
    public const string Variable = "SIGNALSTREAM_GATEWAY";

    public const string Rule = "an address like http://host:8080, http or https, with neither query nor fragment";

    public Uri Socket => new UriBuilder(new Uri(Http, "ws")) { Scheme = Http.Scheme == "https" ? "wss" : "ws", Query = "format=json" }.Uri;

    /// <summary>Null when it breaks the rule.</summary>
    public static GatewayAddress? Parse(string text) =>
        Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var uri)
        && uri.Scheme is "http" or "https" && uri.Query.Length == 0 && uri.Fragment.Length == 0
            ? new GatewayAddress(uri)
            : null;

    public override string ToString() => Http.ToString().TrimEnd('/');
}
