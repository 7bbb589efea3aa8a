/** The network targets that people edit, as the gateway keeps them. */
import { ask, put, remove } from "./ask";

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
  const body = (await ask("targets")) as { readonly targets?: readonly (TargetDefinition & { id: string })[] };
  return new Map((body.targets ?? []).map(({ id, ...target }) => [id, target]));
}

export const writeTarget = (id: string, target: TargetDefinition): Promise<unknown> => put(`targets/${encodeURIComponent(id)}`, target);

export const removeTarget = (id: string): Promise<unknown> => remove(`targets/${encodeURIComponent(id)}`);
