import { type Millis, millis } from "./units";

const KEPT = 12;

/** One `time` exchange: sent at t0 and answered at t3 by this clock, read at t1 and answered at t2 by the gateway's. */
export interface TimeExchange {
  readonly t0: Millis;
  readonly t1: Millis;
  readonly t2: Millis;
  readonly t3: Millis;
}

/**
 * How far the gateway's clock is ahead of this one: Mills DL (1991), Internet time synchronization, doi:10.1109/26.103043.
 * Of the last exchanges the one with the shortest round trip decides; its error is at most half of that trip.
 */
export class ClockOffset {
  readonly #kept: { readonly offset: number; readonly roundTrip: number }[] = [];

  add({ t0, t1, t2, t3 }: TimeExchange): void {
    const roundTrip = t3 - t0 - (t2 - t1);
    if (!(roundTrip >= 0)) return; // A clock was set meanwhile.
    this.#kept.push({ offset: (t1 - t0 + (t2 - t3)) / 2, roundTrip });
    if (this.#kept.length > KEPT) this.#kept.shift();
  }

  /** Undefined before the first answer. */
  get best(): { readonly offsetMs: Millis; readonly errorMs: Millis } | undefined {
    if (this.#kept.length === 0) return undefined;
    const best = this.#kept.reduce((a, b) => (b.roundTrip <= a.roundTrip ? b : a));
    return { offsetMs: millis(best.offset), errorMs: millis(best.roundTrip / 2) };
  }

  /** Another gateway has another clock. */
  reset(): void {
    this.#kept.length = 0;
  }
}
