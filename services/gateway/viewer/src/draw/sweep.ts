/**
 * A sweep as arithmetic. Columns are numbered from the Unix epoch on, as event time is; on screen a column lies at its
 * number modulo the width. So sweeps of several streams run in step, and a repaint puts everything where it was.
 */

/** What to do until the pen is at another column: nothing, the columns from..to (inclusive), or all of them anew. */
export type SweepStep =
  | { readonly kind: "none" }
  | { readonly kind: "columns" | "whole"; readonly from: number; readonly to: number };

const nothing: SweepStep = { kind: "none" };

/**
 * @param last Column that is drawn already; NaN at first.
 * @param gap Columns of the erase bar, which stay empty before the pen.
 */
export function sweepStep(last: number, head: number, width: number, gap: number): SweepStep {
  if (head === last) return nothing;
  const visible = width - gap;
  // A pen that went back has another source of time; one that is far ahead has nothing to join.
  if (!(head > last) || head - last >= visible) return { kind: "whole", from: head - visible + 1, to: head };
  return { kind: "columns", from: last + 1, to: head };
}

/** Stretches of the screen that a run of columns covers: two when it passes the right edge. */
export function screenRuns(
  from: number,
  to: number,
  width: number,
): readonly { readonly x: number; readonly width: number }[] {
  const count = Math.min(to - from + 1, width);
  if (count <= 0) return [];
  const x = modulo(from, width);
  const first = Math.min(count, width - x);
  return first === count
    ? [{ x, width: count }]
    : [
        { x, width: first },
        { x: 0, width: count - first },
      ];
}

export const modulo = (column: number, width: number): number => ((column % width) + width) % width;

/** What of a ring buffer a column needs. NaN: there is nothing. */
export interface Samples {
  at(channel: number, place: number): number;
}

/** Reused from column to column: a trace draws thousands a second. */
export interface Extent {
  low: number;
  high: number;
  /** Whether the signal leaves the column higher than it entered. */
  rising: boolean;
}

/**
 * Lowest and highest value of the signal over a column, from place `from` to `to` (fractions between samples are on the
 * straight line between them, so neighbouring columns meet). False when the column is empty.
 */
export function columnExtent(samples: Samples, channel: number, from: number, to: number, extent: Extent): boolean {
  const entering = between(samples, channel, from);
  const leaving = between(samples, channel, to);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  // Comparisons with NaN are false, which leaves it out.
  if (entering < low) low = entering;
  if (entering > high) high = entering;
  if (leaving < low) low = leaving;
  if (leaving > high) high = leaving;
  for (let place = Math.ceil(from); place < to; place++) {
    const value = samples.at(channel, place);
    if (value < low) low = value;
    if (value > high) high = value;
  }
  extent.low = low;
  extent.high = high;
  extent.rising = leaving >= entering;
  return high >= low;
}

function between(samples: Samples, channel: number, place: number): number {
  const before = Math.floor(place);
  const fraction = place - before;
  const value = samples.at(channel, before);
  return fraction === 0 ? value : value + (samples.at(channel, before + 1) - value) * fraction;
}
