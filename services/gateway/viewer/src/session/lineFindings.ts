import { type Signal, signal } from "@preact/signals";
import { type Millis, toMillis } from "../time/units";
import type { Forecast, SignalEvent } from "../wire/event";
import type { Anomaly, LatencyStatistics, ProbeReading, TargetState } from "../wire/latency";

/** Five minutes at four a second: who looks less often asks the log. */
const READINGS = 1_200;
const ANOMALIES = 100;

/** A probe. */
export interface LineReading {
  readonly timeMs: Millis;
  /** Undefined when it was lost. */
  readonly rttMs: number | undefined;
}

/** What is expected from a moment on, nearest first. */
export interface LineOutlook {
  readonly timeMs: Millis;
  readonly ahead: readonly Forecast[];
}

/** What has been found of one network target; a repeat changes nothing. */
export class LineFindings {
  readonly statistics: Signal<LatencyStatistics | undefined> = signal(undefined);
  readonly state: Signal<TargetState | undefined> = signal(undefined);
  /** The newest last. */
  readonly anomalies: Signal<readonly Anomaly[]> = signal([]);
  outlook: LineOutlook | undefined;
  /** Readings so far. */
  count = 0;
  /** From one probe to the next; 0: not known. */
  intervalMs = 0;
  readonly #readings: LineReading[] = [];
  #statisticsMs = 0;

  accept({ body, timeNs }: SignalEvent): void {
    const timeMs = toMillis(timeNs);
    if (body.kind === "probeReading") this.#addReading(body, timeMs);
    if (body.kind === "latencyStatistics" && timeMs > this.#statisticsMs) {
      this.#statisticsMs = timeMs;
      this.statistics.value = body;
      // Told when it changes, the state may never have come here.
      const { condition, sinceMs } = body;
      if (condition !== "unknown" && sinceMs > (this.state.value?.sinceMs ?? 0)) this.state.value = { kind: "targetState", condition, sinceMs, reason: "" };
    }
    if (body.kind === "forecast") this.#addForecast(body, timeMs);
    if (body.kind === "anomaly") this.#addAnomaly(body);
    if (body.kind === "targetState" && body.sinceMs >= (this.state.value?.sinceMs ?? 0)) this.state.value = body;
  }

  /** Readings behind the first so many, in order; undefined when some of them are no longer kept. */
  behind(count: number): readonly LineReading[] | undefined {
    if (this.count - count > READINGS) return undefined;
    const found: LineReading[] = [];
    for (let index = Math.max(0, count); index < this.count; index++) {
      const reading = this.#readings[index % READINGS];
      if (reading) found.push(reading);
    }
    return found;
  }

  /** The answer that came at that time. */
  answerAt(timeMs: number): number | undefined {
    for (let index = this.count - 1; index >= Math.max(0, this.count - READINGS); index--) {
      const reading = this.#readings[index % READINGS];
      if (!reading || reading.timeMs < timeMs) return undefined;
      if (reading.timeMs === timeMs) return reading.rttMs;
    }
    return undefined;
  }

  #addReading({ rttMs, intervalMs }: ProbeReading, timeMs: Millis): void {
    const last = this.#readings[(this.count - 1) % READINGS];
    if (last && timeMs <= last.timeMs) return;
    this.#readings[this.count % READINGS] = { timeMs, rttMs };
    this.count++;
    this.intervalMs = intervalMs;
  }

  /** One comes for each step ahead, all from the same reading. */
  #addForecast(forecast: Forecast, timeMs: Millis): void {
    const known = this.outlook;
    if (known && timeMs < known.timeMs) return;
    const others = known && timeMs === known.timeMs ? known.ahead.filter(({ steps }) => steps !== forecast.steps) : [];
    this.outlook = { timeMs, ahead: [...others, forecast].sort((a, b) => a.steps - b.steps) };
  }

  /** Told when it begins and again when it is over. */
  #addAnomaly(anomaly: Anomaly): void {
    const known = this.anomalies.value.find((other) => other.metric === anomaly.metric && other.startMs === anomaly.startMs);
    if (known?.endMs !== undefined) return;
    this.anomalies.value = [...this.anomalies.value.filter((other) => other !== known), anomaly].slice(-ANOMALIES);
  }
}
