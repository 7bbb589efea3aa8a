import { type Signal, signal } from "@preact/signals";
import { type Millis, toMillis } from "../time/units";
import type { SignalEvent } from "../wire/event";
import type { Anomaly, LatencyStatistics, TargetState } from "../wire/latency";

/** An hour at one a second. */
const POINTS = 3_600;
const ANOMALIES = 100;

/** A second of a line's trend, from the shortest window. */
export interface TrendPoint {
  readonly timeMs: Millis;
  /** 0 while nothing was answered, as the other times. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** 0 to 1. */
  readonly loss: number;
}

/** What has been found of one network target; a repeat changes nothing. */
export class LineFindings {
  readonly statistics: Signal<LatencyStatistics | undefined> = signal(undefined);
  readonly state: Signal<TargetState | undefined> = signal(undefined);
  /** The newest last. */
  readonly anomalies: Signal<readonly Anomaly[]> = signal([]);
  readonly #points: TrendPoint[] = [];
  count = 0;

  accept({ body, timeNs }: SignalEvent): void {
    if (body.kind === "latencyStatistics") this.#addStatistics(body, toMillis(timeNs));
    if (body.kind === "anomaly") this.#addAnomaly(body);
    if (body.kind === "targetState" && body.sinceMs >= (this.state.value?.sinceMs ?? 0)) this.state.value = body;
  }

  get newest(): TrendPoint | undefined {
    return this.#points[(this.count - 1) % POINTS];
  }

  /** In the order of time. */
  since(timeMs: number): TrendPoint[] {
    const found: TrendPoint[] = [];
    for (let index = this.count - 1; index >= Math.max(0, this.count - POINTS); index--) {
      const point = this.#points[index % POINTS];
      if (!point || point.timeMs < timeMs) break;
      found.push(point);
    }
    return found.reverse();
  }

  #addStatistics(statistics: LatencyStatistics, timeMs: Millis): void {
    const [shortest] = statistics.windows;
    if (!shortest || timeMs <= (this.newest?.timeMs ?? 0)) return;
    const { p50Ms, p95Ms, lost, readings } = shortest;
    this.#points[this.count % POINTS] = { timeMs, p50Ms, p95Ms, loss: readings > 0 ? lost / readings : 0 };
    this.count++;
    this.statistics.value = statistics;
  }

  /** Told when it begins and again when it is over. */
  #addAnomaly(anomaly: Anomaly): void {
    const isSame = (other: Anomaly) => other.metric === anomaly.metric && other.startMs === anomaly.startMs;
    const known = this.anomalies.value.find(isSame);
    if (known?.endMs !== undefined) return;
    this.anomalies.value = [...this.anomalies.value.filter((other) => other !== known), anomaly].slice(-ANOMALIES);
  }
}
