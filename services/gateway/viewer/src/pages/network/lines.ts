/** What the network page says of its targets, in words. */
import type { Condition } from "../../wire/latency";

export interface Line {
  readonly name: string;
  readonly region: string;
  readonly simulated: boolean;
  readonly condition: Condition;
}

export type NetworkWord = "unknown" | "active" | "degraded" | "lost";

/** Told apart by shape, so without colour as well. */
export const conditionSigns: Readonly<Record<Condition, string>> = { unknown: "○", up: "●", degraded: "◐", down: "✕" };

/** Of the real targets; simulated ones only count where there are no others. */
export function networkWord(lines: readonly Line[]): NetworkWord {
  const real = lines.filter(({ simulated }) => !simulated);
  const known = (real.length > 0 ? real : lines).filter(({ condition }) => condition !== "unknown");
  if (known.length === 0) return "unknown";
  if (known.every(({ condition }) => condition === "down")) return "lost";
  return known.every(({ condition }) => condition === "up") ? "active" : "degraded";
}

/** By region, real ones before simulated ones, then by name. */
export function byRegion<T extends Pick<Line, "name" | "region" | "simulated">>(lines: readonly T[]): readonly (readonly [string, readonly T[]])[] {
  const groups = new Map<string, T[]>();
  const sorted = [...lines].sort(
    (a, b) => Number(a.simulated) - Number(b.simulated) || a.region.localeCompare(b.region) || a.name.localeCompare(b.name),
  );
  for (const line of sorted) {
    const group = groups.get(line.region);
    if (group) group.push(line);
    else groups.set(line.region, [line]);
  }
  return [...groups];
}

/** Three digits are enough to compare: 0.21, 9.3, 142. */
export function msText(ms: number): string {
  if (ms >= 100) return ms.toFixed(0);
  return ms >= 10 ? ms.toFixed(1) : ms.toFixed(2);
}

export const lossText = (lost: number, readings: number): string => {
  const percent = readings > 0 ? (100 * lost) / readings : 0;
  return `${percent > 0 && percent < 10 ? percent.toFixed(1) : percent.toFixed(0)} %`;
};
