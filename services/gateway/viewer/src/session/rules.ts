/** Users' alert rules, as the gateway keeps them. */
import { ask, jsonOf, put, remove } from "./ask";

export const COMPARISONS = [">", ">=", "<", "<=", "==", "!="] as const;
export const SEVERITIES = ["low", "medium", "high"] as const;

export interface RuleDefinition {
  readonly name: string;
  readonly stream: string;
  readonly field: string;
  readonly compare: string;
  readonly threshold: number | string | boolean;
  readonly forS: number;
  readonly clear?: number;
  readonly severity: string;
  readonly noDataS: number;
  readonly enabled: boolean;
}

export interface Rule extends RuleDefinition {
  readonly id: string;
  /** It came with the program, and nobody has changed it. */
  readonly builtIn: boolean;
  /** Its field in words. */
  readonly fieldLabel: string;
  readonly unit: string;
}

export type FieldKind = "number" | "boolean" | "word" | "text";

/** What a rule may look at. */
export interface Field {
  readonly field: string;
  /** In words. */
  readonly label: string;
  readonly kind: FieldKind;
  readonly words: readonly string[];
  readonly unit: string;
}

export async function readRules(): Promise<readonly Rule[]> {
  return ((await ask("rules")) as { readonly rules?: readonly Rule[] }).rules ?? [];
}

export async function readFields(): Promise<readonly Field[]> {
  return ((await ask("fields")) as { readonly fields?: readonly Field[] }).fields ?? [];
}

export const writeRule = (id: string, rule: RuleDefinition): Promise<unknown> => put(`rules/${encodeURIComponent(id)}`, rule);

/** A built-in one is then as it was. */
export const removeRule = (id: string): Promise<unknown> => remove(`rules/${encodeURIComponent(id)}`);

export const acknowledge = (fingerprint: string, by: string): Promise<unknown> =>
  ask(`alerts/${encodeURIComponent(fingerprint)}/acknowledge`, { method: "POST", ...jsonOf(by === "" ? {} : { by }) });
