using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace SignalStream.Processor.Rules;

/// <summary>Users' alert rules. Section <c>Rules</c>.</summary>
internal sealed class RuleOptions
{
    /// <summary>Alerts of one rule in an hour and a share of the streams (1/64): further ones are not told. Whoever reads alerts reads no more.</summary>
    [Range(1, 10_000)] public int AlertsPerHour { get; set; } = 100;

    /// <summary>Alerts of all rules together in an hour and a share of the streams.</summary>
    [Range(1, 100_000)] public int AllAlertsPerHour { get; set; } = 1000;
}

[OptionsValidator]
internal sealed partial class RuleOptionsValidator : IValidateOptions<RuleOptions>;
