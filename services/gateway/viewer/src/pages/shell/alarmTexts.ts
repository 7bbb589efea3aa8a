/** Alarms in words and signs, so that they are told apart without colour. */
import type { KnownAlert } from "../../session/alertBook";
import type { Severity } from "../../wire/alert";

const names: Readonly<Record<string, string>> = {
  asystole: "Asystole",
  tachycardia: "Tachycardia",
  bradycardia: "Bradycardia",
  lead_off: "Lead off",
};

/** A rule's own name; of a name that is not known here, its words. */
export function alarmName({ name, title }: { readonly name: string; readonly title?: string }): string {
  if (title !== undefined) return title;
  const words = name.replaceAll("_", " ");
  return names[name] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** As monitors mark their priorities. */
export const signs: Readonly<Record<Severity, string>> = { high: "!!!", medium: "!!", low: "!" };

export const severityWords: Readonly<Record<Severity, string>> = {
  high: "high priority",
  medium: "medium priority",
  low: "low priority",
};

/** What the page's title says first. */
export const titleSign = (standing: readonly KnownAlert[]): string =>
  standing[0] ? `(${signs[standing[0].severity]} ${standing.length}) ` : "";
