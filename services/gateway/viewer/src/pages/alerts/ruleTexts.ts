/** Rules in words, and out of a form. */
import type { Field, FieldKind, RuleDefinition } from "../../session/rules";

/** "net.*: latency_statistics.p95_ms > 120 for 30 s, over at 100" */
export function conditionOf({ field, compare, threshold, forS, clear }: RuleDefinition): string {
  const length = forS > 0 ? ` for ${forS} s` : "";
  return `${field} ${compare} ${threshold}${length}${clear === undefined || clear === null ? "" : `, over at ${clear}`}`;
}

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

/** An id that nobody has yet, out of a name. */
export function idOf(name: string, taken: readonly string[]): string {
  const plain =
    name
      .toLowerCase()
      .replaceAll(/[^a-z0-9_]+/g, "-")
      .replaceAll(/^-+|-+$/g, "")
      .slice(0, 40) || "rule";
  for (let i = 1; ; i++) {
    const id = i === 1 ? plain : `${plain}-${i}`;
    if (id !== "default" && !taken.includes(id)) return id;
  }
}

/** What can be compared by size has all comparisons; the rest is equal or not. */
export const comparisonsOf = (kind: FieldKind | undefined): readonly string[] =>
  kind === undefined || kind === "number" ? [">", ">=", "<", "<=", "==", "!="] : ["==", "!="];

export function ruleIn(form: HTMLFormElement, fields: readonly Field[]): RuleDefinition {
  const values = new FormData(form);
  const text = (key: string): string => String(values.get(key) ?? "").trim();
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
    enabled: values.get("enabled") !== null,
  };
}
