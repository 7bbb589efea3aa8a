import type { Millis } from "../time/units";
import type { BeatKind } from "../wire/event";

/** Two minutes at 120/min: more than any tachogram here shows. */
const KEPT = 256;

/** A beat and the interval that it ends. */
export interface RrPoint {
  readonly timeMs: Millis;
  readonly rrMs: number;
  readonly kind: BeatKind;
  readonly isPoor: boolean;
}

/** The last RR intervals, in a ring; `count` only grows. */
export class Tachogram {
  readonly #points: RrPoint[] = [];
  count = 0;

  add(point: RrPoint): void {
    this.#points[this.count % KEPT] = point;
    this.count++;
  }

  get newest(): RrPoint | undefined {
    return this.count === 0 ? undefined : this.#points[(this.count - 1) % KEPT];
  }

  /** Those that end an interval since a moment, oldest first. */
  since(timeMs: number): readonly RrPoint[] {
    const points: RrPoint[] = [];
    for (let i = Math.max(0, this.count - KEPT); i < this.count; i++) {
      const point = this.#points[i % KEPT];
      if (point && point.rrMs > 0 && point.timeMs >= timeMs) points.push(point);
    }
    return points;
  }
}
