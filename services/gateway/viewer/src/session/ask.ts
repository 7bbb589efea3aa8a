/** Questions to the gateway's REST endpoints, and what went wrong with them in words. */
import { isObject, textAt } from "../wire/json";

/** The answer's JSON. Throws what the gateway says is wrong. */
export async function ask(path: string, request: RequestInit = {}): Promise<unknown> {
  const answer = await fetch(`/api/v1/${path}`, request);
  if (!answer.ok) throw new Error(await refusalOf(answer));
  return answer.status === 204 ? undefined : answer.json();
}

/** Stores something there. */
export const put = (path: string, body: unknown): Promise<unknown> => ask(path, { method: "PUT", ...jsonOf(body) });

export const remove = (path: string): Promise<unknown> => ask(path, { method: "DELETE" });

export const jsonOf = (body: unknown) => ({ body: JSON.stringify(body), headers: { "content-type": "application/json" } });

/** What the gateway says is wrong, else the number it answers. */
export async function refusalOf(answer: Response): Promise<string> {
  const body: unknown = await answer.json().catch(() => undefined);
  return (isObject(body) && textAt(body, "detail")) || `the gateway answers ${answer.status}`;
}

/** Of whatever was thrown. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
