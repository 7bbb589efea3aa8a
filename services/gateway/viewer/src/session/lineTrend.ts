/** The columns of a line's chart: those of the log, and behind them what is live, on one grid. */
import type { LineReading } from "./lineFindings";
import { SHARES, type Trend, type TrendAnomaly, type TrendColumn } from "./trends";

export class LineTrend {
  /** In the order of time; the last one still grows. */
  columns: readonly TrendColumn[] = [];
  anomalies: readonly TrendAnomaly[] = [];
  logSinceMs: number | undefined;
  /** Another one when something has changed. */
  version = 0;
  /** Of the column in which live readings began: it has only what came since, until the log is asked again. */
  firstLiveMs: number | undefined;
  readonly #spanMs: number;
  #startMs = Number.NEGATIVE_INFINITY;
  #answered: number[] = [];
  #lost = 0;

  constructor(
    spanMs: number,
    readonly stepMs: number,
  ) {
    this.#spanMs = spanMs;
  }

  /** Live. What is late counts where we are. */
  add({ timeMs, rttMs }: LineReading): void {
    const startMs = Math.floor(timeMs / this.stepMs) * this.stepMs;
    if (startMs > this.#startMs) {
      this.#startMs = startMs;
      this.#answered = [];
      this.#lost = 0;
      this.firstLiveMs ??= startMs;
    }
    if (rttMs === undefined) this.#lost++;
    else this.#answered.push(rttMs);
    this.#putFuller(this.#growing());
    this.#trim(timeMs);
    this.version++;
  }

  /** Out of the log. */
  accept({ columns, anomalies, logSinceMs }: Trend): void {
    for (const column of columns) this.#putFuller(column);
    this.anomalies = [...this.anomalies.filter((known) => !anomalies.some((anomaly) => isSameAnomaly(anomaly, known))), ...anomalies];
    this.logSinceMs = logSinceMs ?? this.logSinceMs;
    this.version++;
  }

  #growing(): TrendColumn {
    const sorted = this.#answered.toSorted((a, b) => a - b);
    return {
      timeMs: this.#startMs,
      readings: sorted.length + this.#lost,
      lost: this.#lost,
      quantiles: sorted.length === 0 ? undefined : SHARES.map((share) => quantileOf(sorted, share)),
    };
  }

  /** Mostly at the end. Of a column that is known already, live or out of the log, whichever rests on more readings stays. */
  #putFuller(column: TrendColumn): void {
    const at = this.columns.findLastIndex(({ timeMs }) => timeMs <= column.timeMs);
    const known = this.columns[at];
    const isThere = known?.timeMs === column.timeMs;
    if (isThere && known.readings > column.readings) return;
    this.columns = this.columns.toSpliced(isThere ? at : at + 1, isThere ? 1 : 0, column);
  }

  #trim(nowMs: number): void {
    const fromMs = nowMs - this.#spanMs - 2 * this.stepMs;
    if ((this.columns[0]?.timeMs ?? nowMs) < fromMs) this.columns = this.columns.filter(({ timeMs }) => timeMs >= fromMs);
    this.anomalies = this.anomalies.filter(({ endMs }) => endMs === undefined || endMs >= fromMs);
  }
}

const isSameAnomaly = (a: TrendAnomaly, b: TrendAnomaly): boolean => a.metric === b.metric && a.startMs === b.startMs;

/** Between neighbours in proportion, as the gateway does it. */
export function quantileOf(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] ?? Number.NaN;
  return low + (place - below) * ((sorted[below + 1] ?? low) - low);
}
