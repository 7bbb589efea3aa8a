/** From columns to what uPlot draws: numbers, without a canvas. */
import { colours } from "./colours";
import type { Fan } from "./fan";

export interface Column {
  readonly timeMs: number;
  readonly readings: number;
  readonly lost: number;
  /** `min p10 p25 p50 p75 p90 p95 max`, ms; undefined when nothing was answered. */
  readonly quantiles: readonly number[] | undefined;
}

const MEDIAN = 3;
const P95 = 6;
/** Share of loss from which on a median is no longer to be trusted. */
const MUCH = 0.2;

export interface LineSource {
  readonly columns: readonly Column[];
  readonly stepMs: number;
  readonly holeMs: number;
  /** Smoke is drawn by itself: uPlot only needs to know where something is. */
  readonly isSmoke: boolean;
}

type Line = (number | null)[];

/** Times in seconds, medians and p95; nulls break the line where nothing was answered, or nothing is known. */
export function linesOf({ columns, stepMs, holeMs, isSmoke }: LineSource): [number[], Line, Line] {
  const [times, medians, tops]: [number[], Line, Line] = [[], [], []];
  let last: Column | undefined;
  for (const column of columns) {
    const middle = (column.timeMs + stepMs / 2) / 1000;
    if (last && column.timeMs - last.timeMs > holeMs) {
      times.push((last.timeMs + stepMs) / 1000);
      medians.push(null);
      tops.push(null);
    }
    times.push(middle);
    medians.push(isSmoke ? null : (column.quantiles?.[MEDIAN] ?? null));
    tops.push(isSmoke ? null : (column.quantiles?.[P95] ?? null));
    last = column;
  }
  return [times, medians, tops];
}

/** Top of the scale, ms: the next of 1, 2, 5 times a power of ten, so that it does not breathe. */
export function topOf(columns: readonly Column[], fan?: Fan): number {
  const ahead = fan?.ahead.flatMap(({ intervals }) => intervals.map(({ high }) => high)) ?? [];
  const most = [...columns.map(({ quantiles }) => quantiles?.[P95] ?? 0), ...ahead].reduce((top, value) => Math.max(top, value), 0);
  if (!(most > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  return Number((([1, 2, 5, 10].find((step) => step * power >= most) ?? 10) * power).toPrecision(1));
}

export function lossColour(share: number): string {
  if (share <= 0) return colours.trace;
  return share < MUCH ? colours.anomaly : colours.off;
}

/** The column in which a moment lies; undefined where nothing is known. */
export const columnAt = <T extends Column>(columns: readonly T[], timeMs: number, stepMs: number): T | undefined =>
  columns.findLast((column) => column.timeMs <= timeMs && timeMs < column.timeMs + Math.max(stepMs, 1_000));
