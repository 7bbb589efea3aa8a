using System.Net;
using System.Text.Json;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Catalog;
using SignalStream.Messaging.Logs;
using SignalStream.Processor.Webhooks;

namespace SignalStream.UnitTests.Processor.Webhooks;

public sealed class WebhookNoticeTests
{
    private const long StartNs = 1_780_000_000_250_000_000;
    private static readonly StreamId Stream = new("net", "eu-west");

    [Fact]
    public void ToJson_AnAlert_IsAlertmanagersFormat()
    {
        var entry = new CatalogEntry(Stream, "Europe, west", "ms", 2) { Region = "eu-west", Simulated = true };
        var notice = WebhookNotice.Of("ops", "http://monitor.example/", [NoticedAlert.Of(Alert(AlertState.Raised), entry, "http://monitor.example/")]);
        using var json = JsonDocument.Parse(notice.ToJson());
        Assert.Equal(
            ["version", "groupKey", "truncatedAlerts", "status", "receiver", "groupLabels", "commonLabels", "commonAnnotations", "externalURL", "alerts"],
            json.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("4", "firing", "ops"), (Text(json, "version"), Text(json, "status"), Text(json, "receiver")));
        Assert.Equal("{}:{alertname=\"Slow\"}", Text(json, "groupKey"));
        var alert = json.RootElement.GetProperty("alerts")[0];
        Assert.Equal(
            ["status", "labels", "annotations", "startsAt", "endsAt", "generatorURL", "fingerprint"], alert.EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            """{"alertname":"Slow","kind":"net","region":"eu-west","rule":"slow","severity":"medium","simulated":"true","stream":"net.eu-west"}""",
            alert.GetProperty("labels").GetRawText());
        Assert.Equal(
            """{"description":"p50 is 300 ms, above 200 ms","summary":"Slow: Europe, west (simulated)","value":"300 ms"}""",
            alert.GetProperty("annotations").GetRawText());
        Assert.Equal("2026-05-28T20:26:40.2500000Z", alert.GetProperty("startsAt").GetString());
        Assert.Equal("0001-01-01T00:00:00Z", alert.GetProperty("endsAt").GetString());
        Assert.Equal($"http://monitor.example/#/alerts?alert={Alert(AlertState.Raised).Fingerprint}", alert.GetProperty("generatorURL").GetString());
    }

    [Theory]
    [InlineData("Sydney (simulated)", true, "Slow: Sydney (simulated)")]
    [InlineData("Sydney", true, "Slow: Sydney (simulated)")]
    [InlineData("Sydney", false, "Slow: Sydney")]
    public void Of_SimulatedStream_SaysSoOnce(string label, bool isSimulated, string summary)
    {
        var entry = new CatalogEntry(Stream, label, "ms", 2) { Simulated = isSimulated };
        Assert.Equal(summary, NoticedAlert.Of(Alert(AlertState.Raised), entry, "http://x").Annotations["summary"]);
    }

    [Fact]
    public void Of_RaisedAndCleared_HaveOneFingerprintAndTheNoticeFires()
    {
        var (raised, cleared) = (NoticedAlert.Of(Alert(AlertState.Raised), null, "http://x"), NoticedAlert.Of(Alert(AlertState.Cleared), null, "http://x"));
        Assert.Equal(raised.Fingerprint, cleared.Fingerprint);
        Assert.Equal(("firing", "resolved", "2026-05-28T20:26:41.2500000Z"), (raised.Status, cleared.Status, cleared.EndsAt));
        Assert.Equal("resolved", WebhookNotice.Of("ops", "http://x", [cleared]).Status);
        var both = WebhookNotice.Of("ops", "http://x", [cleared, NoticedAlert.Of(Alert(AlertState.Raised, "asia"), null, "http://x")]);
        Assert.Equal("firing", both.Status);
        Assert.DoesNotContain("stream", both.CommonLabels.Keys);
        Assert.Equal("net", both.CommonLabels["kind"]);
    }

    [Fact]
    public void Groups_StatesOfOneAlert_StayInOrderAndOthersGoTogether()
    {
        var alerts = new[]
        {
            Alert(AlertState.Raised), Alert(AlertState.Raised, "asia"), Alert(AlertState.Cleared), Alert(AlertState.Raised, name: "other"), Alert(AlertState.Cleared, "asia"),
        };
        var groups = AlertBatch.Groups(alerts.Select((a, i) => new LoggedEvent((ulong)i, default, a, default)));
        Assert.Equal([2, 2, 1], groups.Select(g => g.Count));
        Assert.All(groups, g => Assert.Equal(g.Count, g.Select(a => a.Fingerprint).Distinct().Count()));
        foreach (var alert in alerts.GroupBy(a => a.Fingerprint))
            Assert.Equal(alert, groups.SelectMany(g => g).Where(a => a.Fingerprint == alert.Key));
    }

    [Theory]
    [InlineData("low", "*", true)]
    [InlineData("medium", "net.*", true)]
    [InlineData("high", "*", false)]
    [InlineData("low", "ecg.*", false)]
    public void Wants_SeverityAndStream_AreAsConfigured(string severity, string stream, bool wanted)
    {
        var receiver = new ReceiverOptions { Severity = severity, Stream = stream };
        Assert.Equal(wanted, receiver.Wants(Alert(AlertState.Raised)));
        Assert.False(receiver.Wants(Alert(AlertState.Acknowledged)));
    }

    [Theory]
    [InlineData(204, true, false)]
    [InlineData(302, false, false)]
    [InlineData(400, false, true)]
    [InlineData(401, false, false)]
    [InlineData(404, false, false)]
    [InlineData(413, false, true)]
    [InlineData(429, false, false)]
    [InlineData(503, false, false)]
    public void Status_OfAReceiver_IsTakenRefusedOrTriedAgain(int status, bool isTaken, bool isRefused) =>
        Assert.Equal((isTaken, isRefused), (WebhookPost.IsTaken((HttpStatusCode)status), WebhookPost.IsRefused((HttpStatusCode)status)));

    [Fact]
    public void Validate_WrongReceivers_NamesKeyValueAndRuleButNoAddress()
    {
        var options = new WebhookOptions
        {
            Receivers = [new() { Url = "ftp://user:secret@x" }, new() { Name = "a b", Url = "http://x" }, new() { Url = "http://x", Stream = "net" }, new() { Name = "webhook-0", Url = "http://x" }],
        };
        var failures = string.Join('\n', new WebhookOptionsValidator().Validate(null, options).Failures!);
        Assert.Contains("Webhooks:Receivers:0:Url must be an absolute address of http or https", failures, StringComparison.Ordinal);
        Assert.Contains("Webhooks:Receivers:1:Name is a b", failures, StringComparison.Ordinal);
        Assert.Contains("Webhooks:Receivers:2:Stream is net", failures, StringComparison.Ordinal);
        Assert.Contains("the name webhook-0 stands 2 times", failures, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failures, StringComparison.Ordinal);
    }

    private static string? Text(JsonDocument json, string name) => json.RootElement.GetProperty(name).GetString();

    private static AlertEvent Alert(AlertState state, string id = "eu-west", string name = "slow") => new(
        new EventPlace(Stream with { Id = id }, 1, state == AlertState.Raised ? 1UL : 2, StartNs), "rules/1", $"rule_{name}", state, AlertSeverity.Medium,
        StartNs, state == AlertState.Cleared ? StartNs + 1_000_000_000 : null, "p50 is 300 ms, above 200 ms")
    {
        Value = 300,
        Unit = "ms",
        Rule = name,
        Title = name == "slow" ? "Slow" : name,
    };
}
