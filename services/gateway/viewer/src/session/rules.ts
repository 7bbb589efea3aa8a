/** Users' alert rules, as the gateway keeps them. */
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
}

export type FieldKind = "number" | "boolean" | "word" | "text";

/** What a rule may look at. */
export interface Field {
  readonly field: string;
  readonly kind: FieldKind;
  readonly words: readonly string[];
  readonly unit: string;
}

export async function readRules(): Promise<readonly Rule[]> {
  return ((await ask("rules", { method: "GET" })) as { readonly rules?: readonly Rule[] }).rules ?? [];
}

export async function readFields(): Promise<readonly Field[]> {
  return ((await ask("fields", { method: "GET" })) as { readonly fields?: readonly Field[] }).fields ?? [];
}

export const writeRule = (id: string, rule: RuleDefinition): Promise<unknown> =>
  ask(`rules/${encodeURIComponent(id)}`, { method: "PUT", ...json(rule) });

/** A built-in one is then as it was. */
export const removeRule = (id: string): Promise<unknown> => ask(`rules/${encodeURIComponent(id)}`, { method: "DELETE" });

export const acknowledge = (fingerprint: string, by: string): Promise<unknown> =>
  ask(`alerts/${encodeURIComponent(fingerprint)}/acknowledge`, { method: "POST", ...json(by === "" ? {} : { by }) });

const json = (body: unknown) => ({ body: JSON.stringify(body), headers: { "content-type": "application/json" } });

/** Throws what the gateway says is wrong. */
async function ask(path: string, request: RequestInit): Promise<unknown> {
  const answer = await fetch(`/api/v1/${path}`, request);
  const body: unknown = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error((body as { readonly detail?: string }).detail ?? `the gateway answers ${answer.status}`);
  return body;
}
