/** A network target's past, as the gateway sums it up out of the logs. */
import { isObject, listAt, numberAt, textAt } from "../wire/json";
import { refusalOf } from "./ask";

/** What a column's quantiles are of, in their order. */
export const SHARES = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1] as const;

/** A stretch of time. */
export interface TrendColumn {
  /** Where it begins: a multiple of its length. */
  readonly timeMs: number;
  readonly readings: number;
  readonly lost: number;
  /** As `SHARES`, ms; undefined when nothing was answered. */
  readonly quantiles: readonly number[] | undefined;
}

export interface TrendAnomaly {
  readonly metric: string;
  readonly form: string;
  readonly startMs: number;
  readonly endMs: number | undefined;
  readonly reason: string;
}

export interface Trend {
  /** The oldest that the log has; undefined when it is empty. */
  readonly logSinceMs: number | undefined;
  readonly columns: readonly TrendColumn[];
  readonly anomalies: readonly TrendAnomaly[];
}

/** The gateway has others to serve first, or cannot read the log just now. */
const PASSING: ReadonlySet<number> = new Set([429, 503]);
const TRIES = 6;
const RETRY_MS = 1_500;

/** Throws what the gateway says is wrong, or when the signal is aborted. */
export async function readTrend(stream: string, fromMs: number, stepMs: number, signal: AbortSignal): Promise<Trend> {
  const query = new URLSearchParams({ from: new Date(fromMs).toISOString(), step: `${stepMs}ms` });
  for (let tries = 1; ; tries++) {
    const answer = await fetch(`/api/v1/streams/${encodeURIComponent(stream)}/trend?${query}`, { signal });
    if (answer.ok) return trendOf(await answer.json());
    if (!PASSING.has(answer.status) || tries === TRIES) throw new Error(await refusalOf(answer));
    await pause(RETRY_MS * tries, signal);
  }
}

export function trendOf(body: unknown): Trend {
  if (!isObject(body)) throw new Error("the gateway's answer is no trend");
  const names = listAt(body, "columns");
  if (names.length !== SHARES.length + 3 || names[3] !== "min") throw new Error(`the gateway's columns are ${names.join()}`);
  return {
    logSinceMs: typeof body.logSince === "number" ? body.logSince : undefined,
    columns: listAt(body, "rows").filter(Array.isArray).map(columnOf),
    anomalies: listAt(body, "anomalies").filter(isObject).map((anomaly) => ({
      metric: textAt(anomaly, "metric"),
      form: textAt(anomaly, "form"),
      startMs: numberAt(anomaly, "start"),
      endMs: typeof anomaly.end === "number" ? anomaly.end : undefined,
      reason: textAt(anomaly, "reason"),
    })),
  };
}

function columnOf(row: readonly unknown[]): TrendColumn {
  const [timeMs = 0, readings = 0, lost = 0, ...quantiles] = row.map((value) => (typeof value === "number" ? value : Number.NaN));
  return { timeMs, readings, lost, quantiles: quantiles.every(Number.isFinite) ? quantiles : undefined };
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
    });
  });
