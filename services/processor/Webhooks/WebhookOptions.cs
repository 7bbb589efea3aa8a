using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using SignalStream.Contracts;
using SignalStream.Messaging;
using SignalStream.Messaging.Settings;

namespace SignalStream.Processor.Webhooks;

/// <summary>To whom alerts are sent over HTTP. Section <c>Webhooks</c>.</summary>
internal sealed class WebhookOptions
{
    /// <summary>The receivers; each is served by itself.</summary>
    [ValidateEnumeratedItems] public List<ReceiverOptions> Receivers { get; set; } = [];

    /// <summary>Where people find the gateway's page: the links in what is sent begin with it.</summary>
    [Required] public string ExternalUrl { get; set; } = "http://localhost:8080";
}

/// <summary>One receiver.</summary>
internal sealed class ReceiverOptions
{
    /// <summary>Its name; what it was sent is remembered under it. <c>webhook-0</c> and so on when left out.</summary>
    public string Name { get; set; } = "";

    /// <summary>Where to POST, http or https.</summary>
    [Required] public string Url { get; set; } = "";

    /// <summary>Least severity that it is sent.</summary>
    [AllowedValues("low", "medium", "high", ErrorMessage = "{0} must be low, medium or high.")] public string Severity { get; set; } = "low";

    /// <summary>Of which streams: <c>ecg.bed-1</c>, <c>net.*</c> or <c>*</c>.</summary>
    public string Stream { get; set; } = StreamPattern.All;

    /// <summary>Sent as a bearer's token; never logged.</summary>
    public string? Token { get; set; }

    /// <summary>A receiver that has not answered in so many seconds has not taken it.</summary>
    [Range(0.1, 300)] public double TimeoutSeconds { get; set; } = 10;

    /// <summary>Before the first repeat, s; doubled each time, with jitter.</summary>
    [Range(0.01, 60)] public double RetrySeconds { get; set; } = 1;

    /// <summary>Longest pause between repeats, s.</summary>
    [Range(0.01, 3600)] public double LongestRetrySeconds { get; set; } = 60;

    /// <summary>After ten failures in a row the receiver is left alone so long, s.</summary>
    [Range(0.5, 3600)] public double BreakSeconds { get; set; } = 30;

    /// <summary>Whether it is sent an alert.</summary>
    public bool Wants(AlertEvent alert) =>
        alert.State is AlertState.Raised or AlertState.Cleared && alert.Severity >= Least && StreamPattern.Matches(Stream, alert.Place.Stream);

    private AlertSeverity Least => Severity switch
    {
        "high" => AlertSeverity.High,
        "medium" => AlertSeverity.Medium,
        _ => AlertSeverity.Unknown,
    };
}

[OptionsValidator]
internal sealed partial class WebhookOptionsAttributes : IValidateOptions<WebhookOptions>;

[OptionsValidator]
internal sealed partial class ReceiverOptionsAttributes : IValidateOptions<ReceiverOptions>;

/// <summary>The attributes' rules, and those that join two settings. Names are filled in here, where every receiver is looked at.</summary>
internal sealed class WebhookOptionsValidator : IValidateOptions<WebhookOptions>
{
    public ValidateOptionsResult Validate(string? name, WebhookOptions options)
    {
        var attributes = new WebhookOptionsAttributes().Validate(name, options);
        List<string> failures = [.. attributes.Failures ?? []];
        foreach (var (index, receiver) in options.Receivers.Index())
        {
            receiver.Name = receiver.Name.Length > 0 ? receiver.Name : $"webhook-{index}";
            if (!StreamId.IsToken(receiver.Name))
                failures.Add($"Webhooks:Receivers:{index}:Name is {receiver.Name}: it must be 1 to 64 of A-Z, a-z, 0-9, _ and -.");
            if (receiver.Url.Length > 0 && !(Uri.TryCreate(receiver.Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
                failures.Add($"Webhooks:Receivers:{index}:Url must be an absolute address of http or https.");
            if (receiver.Token?.Any(c => c is <= ' ' or > '~') == true)
                failures.Add($"Webhooks:Receivers:{index}:Token must be printable ASCII without blanks.");
            if (!StreamPattern.IsPattern(receiver.Stream))
                failures.Add($"Webhooks:Receivers:{index}:Stream is {receiver.Stream}: it must be {StreamPattern.Rule}.");
        }

        foreach (var twice in options.Receivers.GroupBy(r => r.Name, StringComparer.Ordinal).Where(g => g.Count() > 1))
            failures.Add($"Webhooks:Receivers: the name {twice.Key} stands {twice.Count()} times; each receiver has its own.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
