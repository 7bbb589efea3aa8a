/** What is found of a network target, out of its protobuf bodies. */
import { type Millis, nanos, toMillis } from "../time/units";
import { ProbeOutcome, type ProbeReading as ReadingMessage } from "./gen/signalstream/v1/readings_pb";
import {
  type Anomaly as AnomalyMessage,
  type LatencyStatistics as StatisticsMessage,
  QualityClass,
  type TargetState as StateMessage,
  TargetState_Condition,
} from "./gen/signalstream/v1/events_pb";

export type QualityWord = "unknown" | "great" | "good" | "fair" | "poor" | "bad";

/** One sliding window. */
export interface LatencyWindow {
  readonly seconds: number;
  readonly readings: number;
  /** Of the readings, not answered. */
  readonly lost: number;
  /** Times are 0 while nothing was answered. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly maxMs: number;
  readonly jitterMs: number;
  /** 1 to 4.5; 0: unknown. */
  readonly mos: number;
  readonly quality: QualityWord;
}

/** Short to long. */
export interface LatencyStatistics {
  readonly kind: "latencyStatistics";
  readonly windows: readonly LatencyWindow[];
  /** The target's, then; unknown as well when nobody says. */
  readonly condition: Condition;
  readonly sinceMs: Millis;
}

export interface Anomaly {
  readonly kind: "anomaly";
  readonly metric: string;
  /** spike, level, spread or loss. */
  readonly form: string;
  readonly startMs: Millis;
  /** Undefined while it lasts. */
  readonly endMs: Millis | undefined;
  readonly reason: string;
}

/** unknown: nobody probes it. */
export type Condition = "unknown" | "up" | "degraded" | "down";

export interface TargetState {
  readonly kind: "targetState";
  readonly condition: Condition;
  readonly sinceMs: Millis;
  readonly reason: string;
}

/** One probe, as it was measured. */
export interface ProbeReading {
  readonly kind: "probeReading";
  /** Undefined when it was not answered. */
  readonly rttMs: number | undefined;
  /** From one probe to the next. */
  readonly intervalMs: number;
}

export const readingOf = ({ outcome, rttMs, intervalMs }: ReadingMessage): ProbeReading => ({
  kind: "probeReading",
  rttMs: outcome === ProbeOutcome.ANSWERED ? rttMs : undefined,
  intervalMs,
});

export const statisticsOf = ({ windows, condition, conditionSinceNs }: StatisticsMessage): LatencyStatistics => ({
  kind: "latencyStatistics",
  condition: conditions[condition],
  sinceMs: toMillis(nanos(conditionSinceNs)),
  windows: windows.map(({ seconds, readings, lost, p50Ms, p95Ms, maxMs, jitterMs, mos, class: quality }) => ({
    seconds,
    readings,
    lost,
    p50Ms,
    p95Ms,
    maxMs,
    jitterMs,
    mos,
    quality: words[quality],
  })),
});

export const anomalyOf = ({ metric, kind: form, startNs, endNs, reason }: AnomalyMessage): Anomaly => ({
  kind: "anomaly",
  metric,
  form,
  startMs: toMillis(nanos(startNs)),
  endMs: endNs === 0n ? undefined : toMillis(nanos(endNs)),
  reason,
});

export const targetStateOf = ({ condition, sinceNs, reason }: StateMessage): TargetState => ({
  kind: "targetState",
  condition: conditions[condition],
  sinceMs: toMillis(nanos(sinceNs)),
  reason,
});

const words: Readonly<Record<QualityClass, QualityWord>> = {
  [QualityClass.UNSPECIFIED]: "unknown",
  [QualityClass.GREAT]: "great",
  [QualityClass.GOOD]: "good",
  [QualityClass.FAIR]: "fair",
  [QualityClass.POOR]: "poor",
  [QualityClass.BAD]: "bad",
};

const conditions: Readonly<Record<TargetState_Condition, Condition>> = {
  [TargetState_Condition.UNSPECIFIED]: "unknown",
  [TargetState_Condition.UP]: "up",
  [TargetState_Condition.DEGRADED]: "degraded",
  [TargetState_Condition.DOWN]: "down",
};
