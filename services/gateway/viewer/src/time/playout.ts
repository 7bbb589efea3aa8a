import { type Millis, millis } from "./units";

const BUCKET_MS = 1_000;
const BUCKETS = 8;
/** Above the latest batch of the last seconds, so that its successor need not be as late to be in time. */
const MARGIN_MS = 4;
/** What the viewer waits at most for batches that are later than others; beyond that the trace halts for them. */
const LONGEST_WAIT_MS = 400;
/** How much faster or slower than life the trace may run to reach another delay: too little to be seen. */
const SLEW = 0.04;
/** Not drawn for so long, the tab was hidden: no need to creep. */
const PAUSE_MS = 250;
/** Nothing came for so long, the trace has halted: it goes on live. */
const STALL_MS = 1_000;

/**
 * Turns batches into an even motion. Samples come some at a time; drawn as they come, the trace would jump. So it runs
 * behind: by as much as the latest batch of the last seconds was late, reckoned from its first sample. The worst second
 * is left out: for one hiccup the trace may halt, rather than be late for seconds.
 * Media time is the event time of the samples divided by the replay factor, from any origin.
 */
export class PlayoutClock {
  /** Lateness of each of the last seconds: arrival less media time, of the batches' first samples. */
  readonly #latest = new Float64Array(BUCKETS).fill(Number.NaN);
  readonly #earliest = new Float64Array(BUCKETS).fill(Number.NaN);
  #bucket = -1;
  #base = Number.NaN;
  #target = Number.NaN;
  #lastMs = 0;
  #lastArrivalMs = 0;

  /** A batch whose first sample has this media time has arrived. */
  arrived(firstMs: Millis, nowMs: Millis): void {
    const late = nowMs - firstMs;
    if (nowMs - this.#lastArrivalMs > STALL_MS) this.#base = Number.NaN;
    this.#lastArrivalMs = nowMs;
    const slot = this.#enter(Math.floor(nowMs / BUCKET_MS));
    // Comparisons with NaN, which stands for nothing yet, are false.
    const isEarliest = !((this.#earliest[slot] as number) <= late);
    const isLatest = !((this.#latest[slot] as number) >= late);
    if (isEarliest) this.#earliest[slot] = late;
    if (isLatest) this.#latest[slot] = late;
    if (isEarliest || isLatest) this.#target = this.#aim();
    if (Number.isNaN(this.#base)) this.#base = this.#target;
  }

  /** The media time to be on screen now; undefined before the first batch. */
  position(nowMs: Millis): Millis | undefined {
    if (Number.isNaN(this.#base)) return undefined;
    const passed = nowMs - this.#lastMs;
    this.#lastMs = nowMs;
    const step = SLEW * passed;
    const behind = this.#target - this.#base;
    const jump = passed > PAUSE_MS || Math.abs(behind) > 2 * LONGEST_WAIT_MS;
    this.#base += jump ? behind : Math.max(-step, Math.min(step, behind));
    return millis(nowMs - this.#base);
  }

  /** Another epoch, another origin. */
  reset(): void {
    this.#latest.fill(Number.NaN);
    this.#earliest.fill(Number.NaN);
    this.#bucket = -1;
    this.#base = this.#target = Number.NaN;
  }

  /** Empties the seconds that have passed since the last batch. */
  #enter(bucket: number): number {
    if (this.#bucket < 0) this.#bucket = bucket;
    for (let passed = Math.min(bucket - this.#bucket, BUCKETS); passed > 0; passed--) {
      const slot = (bucket - passed + 1) % BUCKETS;
      this.#latest[slot] = this.#earliest[slot] = Number.NaN;
    }
    this.#bucket = bucket;
    return bucket % BUCKETS;
  }

  #aim(): number {
    const worst = this.#known(this.#latest);
    const longest = (this.#known(this.#earliest)[0] as number) + LONGEST_WAIT_MS;
    return Math.min(worst[Math.max(0, worst.length - 2)] as number, longest) + MARGIN_MS;
  }

  /** Of the seconds that had a batch, ascending. */
  #known(values: Float64Array): Float64Array {
    return values.filter((value) => !Number.isNaN(value)).sort();
  }
}
