using System.Globalization;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Settings;

namespace SignalStream.Processor.Rules;

/// <summary>What an alert says to people.</summary>
internal static class RuleTexts
{
    public static string Raised(RuleDefinition rule, in Standing standing)
    {
        var length = rule.ForS > 0 ? Text($", for {rule.ForS:0.###} s") : "";
        var limit = rule.Compare == "==" ? "" : $", {Relation(rule)} {ThresholdOf(rule)}";
        return Text($"{rule.Field} is {ValueOf(rule, standing)}{limit}{length}");
    }

    public static string Over(RuleDefinition rule, in FieldValue value, in Standing standing)
    {
        if (value.State == FieldState.Over)
            return $"{rule.Path.Body} says that it is over";
        var now = rule.Path.Kind is FieldKind.Number or FieldKind.Boolean ? Number(rule, value.Number) : value.Text;
        return rule.Path.Kind == FieldKind.Number && rule.Compare is not ("==" or "!=")
            ? Text($"{rule.Field} is {now}; at worst {Number(rule, standing.Worst)}")
            : Text($"{rule.Field} is {now}");
    }

    public static string NoData(RuleDefinition rule) => Text($"no data: {rule.Field} has had no value for {rule.NoDataS:0.###} s");

    public static string Suppressed(RuleDefinition rule, string id) =>
        $"the rule {rule.Name ?? id} has raised as many alerts as it may among these streams in an hour: further ones are not told until it is over";

    private static string ValueOf(RuleDefinition rule, in Standing standing) =>
        standing.Text.Length > 0 || rule.Path.Kind is FieldKind.Word or FieldKind.Text ? standing.Text : Number(rule, standing.Worst);

    private static string ThresholdOf(RuleDefinition rule) => rule.Path.Kind is FieldKind.Number ? Number(rule, rule.Limit) : rule.Threshold.ToString().ToLowerInvariant();

    private static string Number(RuleDefinition rule, double value)
    {
        if (rule.Path.Kind == FieldKind.Boolean)
            return value != 0 ? "true" : "false";
        var (unit, digits) = (rule.Path.Unit, Math.Abs(value) >= 10 ? "0.##" : "0.####");
        return Text($"{value.ToString(digits, CultureInfo.InvariantCulture)}{(unit.Length > 0 && unit[0] != '/' && unit != "%" ? " " : "")}{unit}");
    }

    private static string Relation(RuleDefinition rule) => rule.Compare switch
    {
        ">" => "above",
        ">=" => "at least",
        "<" => "below",
        "<=" => "at most",
        _ => "not",
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
