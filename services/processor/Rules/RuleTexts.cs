using System.Globalization;
using SignalStream.Messaging.Codec;
using SignalStream.Messaging.Settings;

namespace SignalStream.Processor.Rules;

/// <summary>What an alert says to people.</summary>
internal static class RuleTexts
{
    private const int Digits = 3;
    private const int MostDecimals = 9;

    public static string Raised(RuleDefinition rule, in Standing standing)
    {
        var (label, value, threshold) = (rule.Path.Label, ValueOf(rule, standing), ThresholdOf(rule));
        var length = rule.ForS > 0 ? Text($" for {rule.ForS:0.###} s") : "";
        return rule.Path.Kind switch
        {
            FieldKind.Boolean => $"{label}: {value}{length}",
            _ when rule.Compare == "==" => length.Length > 0 ? $"{label} has been {value}{length}" : $"{label} is {value}",
            _ => $"{label} is {value}, {Relation(rule)} {threshold}{length}",
        };
    }

    public static string Over(RuleDefinition rule, in FieldValue value, in Standing standing)
    {
        if (value.State == FieldState.Over)
            return $"the {rule.Path.Body.Replace('_', ' ')} is over";
        var label = rule.Path.Label;
        return rule.Path.Kind switch
        {
            FieldKind.Boolean => $"{label}: {YesOrNo(value.Number)}",
            FieldKind.Number when rule.Compare is "==" or "!=" => $"{label} is {Number(rule, value.Number)}",
            FieldKind.Number => $"{label} is {Number(rule, value.Number)}, was {Number(rule, standing.Worst)} at worst",
            _ => $"{label} is {value.Text}",
        };
    }

    public static string NoData(RuleDefinition rule) => Text($"no data: {rule.Path.Label} has had no value for {rule.NoDataS:0.###} s");

    public static string Suppressed(RuleDefinition rule, string id) =>
        $"the rule {rule.Name ?? id} has raised as many alerts as it may among these streams in an hour: further ones are not told until it is over";

    private static string ValueOf(RuleDefinition rule, in Standing standing) => rule.Path.Kind switch
    {
        FieldKind.Number => Number(rule, standing.Worst),
        FieldKind.Boolean => YesOrNo(standing.Worst),
        _ => standing.Text,
    };

    private static string ThresholdOf(RuleDefinition rule) =>
        rule.Path.Kind == FieldKind.Number ? Number(rule, rule.Limit) : rule.Threshold.ToString();

    /// <summary>In three digits, and as many more as tell it from what it is held against.</summary>
    private static string Number(RuleDefinition rule, double value)
    {
        var decimals = DecimalsOf(value);
        while (decimals < MostDecimals && (IsSame(rule.Limit) || (rule.Clear is { } clear && IsSame(clear))))
            decimals++;
        if (value == rule.Limit || value == rule.Clear)
            decimals = MostDecimals;
        var unit = rule.Path.Unit;
        var space = unit.Length > 0 && unit[0] != '/' ? " " : "";
        return $"{Rounded(value, decimals).ToString("0.#########", CultureInfo.InvariantCulture)}{space}{unit}";

        bool IsSame(double limit) => value != limit && Rounded(value, decimals) == Rounded(limit, MostDecimals);
    }

    private static int DecimalsOf(double value) =>
        value == 0 ? 0 : (int)Math.Clamp(Digits - 1 - Math.Floor(Math.Log10(Math.Abs(value))), 0, MostDecimals);

    private static double Rounded(double value, int decimals) => Math.Round(value, decimals, MidpointRounding.AwayFromZero);

    private static string YesOrNo(double value) => value != 0 ? "yes" : "no";

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
