/** Two places on the paper and what lies between them. */
import { columnsPerMs, type Paper } from "./paper";

/** CSS pixels from the left; `to` may lie before `from` while it is dragged. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Interval {
  readonly ms: number;
  /** What a heart with this interval would have; undefined when there is no interval. */
  readonly perMinute: number | undefined;
}

export function measure({ from, to }: Span, paper: Paper): Interval {
  const ms = Math.abs(to - from) / columnsPerMs(paper, 1);
  return { ms, perMinute: ms > 0 ? 60_000 / ms : undefined };
}

export const intervalText = ({ ms, perMinute }: Interval): string =>
  `${Math.round(ms)} ms${perMinute === undefined ? "" : ` · ${Math.round(perMinute)}/min`}`;

/** What a key does to the caliper: places it, moves an edge, moves all of it, takes it away. Undefined: no key of it. */
export function afterKey(
  key: { readonly key: string; readonly shiftKey: boolean; readonly altKey: boolean },
  span: Span | undefined,
  width: number,
  paper: Paper,
): Span | "none" | undefined {
  if (key.key === "Escape") return span ? "none" : undefined;
  if (key.key === "Enter" || key.key === " ") return placed(width, paper);
  const direction = key.key === "ArrowLeft" ? -1 : key.key === "ArrowRight" ? 1 : 0;
  if (direction === 0) return undefined;
  const { from, to } = span ?? placed(width, paper);
  const by = direction * (key.shiftKey ? 10 : 1);
  return key.altKey
    ? { from: clamp(from + by, width), to: clamp(to + by, width) }
    : { from, to: clamp(to + by, width) };
}

/** A second in the middle. */
function placed(width: number, paper: Paper): Span {
  const second = Math.min(1000 * columnsPerMs(paper, 1), width / 2);
  return { from: (width - second) / 2, to: (width + second) / 2 };
}

const clamp = (x: number, width: number): number => Math.max(0, Math.min(width, x));
