/** Whose each partition is, from what the replicas say. */
import type { Replica } from "../../wire/systemState";

export type CellState = "live" | "catching-up" | "nobody" | "contested";

export interface Cell {
  readonly partition: number;
  readonly state: CellState;
  /** Who works on it, or is about to; for a contested one all who say so. */
  readonly owners: readonly string[];
}

/** A replica that is missed owns nothing any more, whatever it last said. */
export function cellsOf(replicas: readonly Replica[], partitions: number): readonly Cell[] {
  const heard = replicas.filter(({ isMissed }) => !isMissed);
  return Array.from({ length: partitions }, (_, partition) => cellOf(heard, partition));
}

function cellOf(replicas: readonly Replica[], partition: number): Cell {
  const live = namesOf(replicas.filter((replica) => replica.live.includes(partition)));
  if (live.length > 0) return { partition, state: live.length === 1 ? "live" : "contested", owners: live };
  const named = namesOf(replicas.filter((replica) => replica.partitions.includes(partition)));
  return { partition, state: named.length > 0 ? "catching-up" : "nobody", owners: named };
}

const namesOf = (replicas: readonly Replica[]): readonly string[] => replicas.map(({ instance }) => instance);

/** How many there are of each kind, in words: the least that must be known. */
export function summaryOf(cells: readonly Cell[]): string {
  const count = (state: CellState) => cells.filter((cell) => cell.state === state).length;
  const parts = [`${count("live")} of ${cells.length} partitions live`];
  if (count("catching-up") > 0) parts.push(`${count("catching-up")} catching up`);
  if (count("nobody") > 0) parts.push(`${count("nobody")} nobody's`);
  if (count("contested") > 0) parts.push(`${count("contested")} claimed by several`);
  return parts.join(", ");
}
