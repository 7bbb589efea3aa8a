/** Rules in words, and out of a form. */
import type { Field, FieldKind, Rule, RuleDefinition } from "../../session/rules";
import { textsIn } from "../shell/form";

/** "median round trip over 10 s > 120 ms for 30 s, over at 100 ms" */
export function conditionOf({ fieldLabel, compare, threshold, unit, forS, clear }: Rule): string {
  const length = forS > 0 ? ` for ${forS} s` : "";
  const end = clear === undefined || clear === null ? "" : `, over at ${withUnit(clear, unit)}`;
  return `${fieldLabel} ${compare} ${withUnit(threshold, unit)}${length}${end}`;
}

const withUnit = (value: number | string | boolean, unit: string): string => `${value}${unit === "" || unit.startsWith("/") ? "" : " "}${unit}`;

/** What a path with brackets, or with a list left out, looks at. */
export function fieldOf(path: string, fields: readonly Field[]): Field | undefined {
  const plain = path.replaceAll(/\[[^\]]*\]/g, "");
  const last = plain.slice(plain.lastIndexOf(".") + 1);
  const body = plain.slice(0, plain.indexOf("."));
  return (
    fields.find(({ field }) => field === plain) ??
    fields.find(({ field }) => field.startsWith(`${body}.`) && field.endsWith(`.${last}`))
  );
}

/** As the field has it; what is no number stays a text, and the gateway says what is wrong. */
export function thresholdOf(text: string, kind: FieldKind | undefined): number | string | boolean {
  if (kind === "boolean" && (text === "true" || text === "false")) return text === "true";
  if (kind === "word" || kind === "text") return text;
  const number = Number(text);
  return text.trim() !== "" && Number.isFinite(number) ? number : text;
}

/** What can be compared by size has all comparisons; the rest is equal or not. */
export const comparisonsOf = (kind: FieldKind | undefined): readonly string[] =>
  kind === undefined || kind === "number" ? [">", ">=", "<", "<=", "==", "!="] : ["==", "!="];

export function ruleIn(form: HTMLFormElement, fields: readonly Field[]): RuleDefinition {
  const text = textsIn(form);
  const field = text("field");
  const clear = text("clear");
  return {
    name: text("name"),
    stream: text("stream"),
    field,
    compare: text("compare"),
    threshold: thresholdOf(text("threshold"), fieldOf(field, fields)?.kind),
    forS: Number(text("forS")),
    ...(clear !== "" && { clear: Number(clear) }),
    severity: text("severity"),
    noDataS: Number(text("noDataS")),
    enabled: text("enabled") !== "",
  };
}
