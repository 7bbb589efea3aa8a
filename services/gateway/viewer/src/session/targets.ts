/** The network targets that people edit, as the gateway keeps them. */
export const PROBES = ["tcp", "icmp", "udp", "http", "dns"] as const;

export const HTTP_VERSIONS = ["1.1", "2", "3"] as const;

export interface TargetDefinition {
  readonly label?: string;
  readonly region: string;
  readonly probe: string;
  readonly address: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly payloadBytes?: number;
  readonly httpVersion?: string;
}

export async function readTargets(): Promise<ReadonlyMap<string, TargetDefinition>> {
  const body = (await ask("", { method: "GET" })) as { readonly targets?: readonly (TargetDefinition & { id: string })[] };
  return new Map((body.targets ?? []).map(({ id, ...target }) => [id, target]));
}

export const writeTarget = (id: string, target: TargetDefinition): Promise<unknown> =>
  ask(`/${encodeURIComponent(id)}`, {
    method: "PUT",
    body: JSON.stringify(target),
    headers: { "content-type": "application/json" },
  });

export const removeTarget = (id: string): Promise<unknown> => ask(`/${encodeURIComponent(id)}`, { method: "DELETE" });

/** Throws what the gateway says is wrong. */
async function ask(path: string, request: RequestInit): Promise<unknown> {
  const answer = await fetch(`/api/v1/targets${path}`, request);
  const body: unknown = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error((body as { readonly detail?: string }).detail ?? `the gateway answers ${answer.status}`);
  return body;
}
