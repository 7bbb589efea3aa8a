/** The alarm limits of a heart, as the gateway keeps them. */
export interface Limits {
  readonly tachycardiaBpm: number;
  readonly bradycardiaBpm: number;
  readonly asystoleS: number;
}

export interface LimitsInForce extends Limits {
  /** The stream's own, those set for all, or what is built in. */
  readonly from: "stream" | "default" | "built-in";
}

export const readLimits = (stream: string): Promise<LimitsInForce> => ask(stream, { method: "GET" });

export const writeLimits = (stream: string, limits: Limits): Promise<LimitsInForce> =>
  ask(stream, { method: "PUT", body: JSON.stringify(limits), headers: { "content-type": "application/json" } });

/** Back to those for all. */
export const removeLimits = (stream: string): Promise<LimitsInForce> => ask(stream, { method: "DELETE" });

/** Throws what the gateway says is wrong. */
async function ask(stream: string, request: RequestInit): Promise<LimitsInForce> {
  const answer = await fetch(`/api/v1/settings/heart/${encodeURIComponent(stream)}`, request);
  const body = (await answer.json().catch(() => ({}))) as { readonly detail?: string } & LimitsInForce;
  if (!answer.ok) throw new Error(body.detail ?? `the gateway answers ${answer.status}`);
  return body;
}
