/** Findings and forecasts, out of the protobuf `Event` of an event frame. Generated types stop here. */
import { fromBinary } from "@bufbuild/protobuf";
import { type Nanos, nanos } from "../time/units";
import type { EventLog } from "./commands";
import { type Alert, alertOf, qualityOf, type SignalQuality, type Variability } from "./alert";
import {
  type Anomaly,
  anomalyOf,
  type LatencyStatistics,
  type ProbeReading,
  readingOf,
  statisticsOf,
  type TargetState,
  targetStateOf,
} from "./latency";
import {
  BeatClass,
  type Event as EventMessage,
  EventSchema,
  type Forecast as ForecastMessage,
} from "./gen/signalstream/v1/events_pb";
import { type ModelRecord, outlookOf, type PriceOutlook, recordOf } from "./market";

export type BeatKind = "unclassified" | "normal" | "ventricular-like" | "paused";

export interface Beat {
  readonly kind: "beat";
  /** From the R-peak before; 0 for the first beat. */
  readonly rrMs: number;
  readonly amplitudeMv: number;
  readonly qrsMs: number;
  readonly confidence: number;
  readonly beatKind: BeatKind;
  /** Around it beats can hardly be told from noise. */
  readonly isPoor: boolean;
}

/** Either a rate or the reason why there is none. */
export type HeartRate = { readonly kind: "heartRate"; readonly intervals: number; readonly confidence: number } & (
  | { readonly bpm: number; readonly instantaneousBpm: number; readonly withheld?: never }
  | { readonly withheld: string; readonly bpm?: never }
);

export interface Interval {
  readonly level: number;
  readonly low: number;
  readonly high: number;
}

export interface Forecast {
  readonly kind: "forecast";
  readonly target: string;
  readonly steps: number;
  readonly point: number;
  readonly unit: string;
  readonly intervals: readonly Interval[];
}

/** What a newer gateway may say, of which this viewer knows nothing. */
export interface Unknown {
  readonly kind: "unknown";
}

export interface SignalEvent {
  readonly stream: string;
  readonly epoch: number;
  readonly index: bigint;
  readonly timeNs: Nanos;
  readonly madeBy: string;
  /** The log of events that it stands in; undefined for a reading, and when this viewer does not know its kind. */
  readonly log: EventLog | undefined;
  readonly body:
    | Beat
    | HeartRate
    | Forecast
    | Alert
    | SignalQuality
    | Variability
    | PriceOutlook
    | ModelRecord
    | LatencyStatistics
    | Anomaly
    | TargetState
    | ProbeReading
    | Unknown;
}

/** Throws when the bytes are no `Event`. */
export function decodeEvent(bytes: Uint8Array): SignalEvent {
  const event = fromBinary(EventSchema, bytes);
  const { stream, epoch, index, madeBy } = event;
  return { stream, epoch, index, madeBy, timeNs: nanos(event.timeNs), log: logOf(event), body: bodyOf(event) };
}

/** Kinds that the predictor makes; alerts have a log of their own, all others are findings. */
const forecasts: ReadonlySet<string> = new Set(["forecast", "priceOutlook", "modelRecord"]);

function logOf({ body }: EventMessage): EventLog | undefined {
  const kind: string | undefined = body.case;
  if (kind === undefined || kind === "probeReading") return undefined;
  if (kind === "alert") return "alert";
  return forecasts.has(kind) ? "forecast" : "finding";
}

function bodyOf({ body }: EventMessage): SignalEvent["body"] {
  switch (body.case) {
    case "beat": {
      const { rrMs, amplitudeMv, qrsMs, confidence, poorSignal: isPoor } = body.value;
      return { kind: "beat", rrMs, amplitudeMv, qrsMs, confidence, beatKind: beatKinds[body.value.class], isPoor };
    }
    case "heartRate": {
      const { bpm, instantaneousBpm, intervals, confidence, withheld } = body.value;
      const rate = withheld === "" ? { bpm, instantaneousBpm } : { withheld };
      return { kind: "heartRate", intervals, confidence, ...rate };
    }
    case "forecast":
      return forecastOf(body.value);
    case "alert":
      return alertOf(body.value);
    case "signalQuality":
      return qualityOf(body.value);
    case "heartRateVariability": {
      const { rmssdMs, sdnnMs, pnn50Percent, nnCount, spanS } = body.value;
      return { kind: "variability", rmssdMs, sdnnMs, pnn50Percent, nnCount, spanS };
    }
    case "priceOutlook":
      return outlookOf(body.value);
    case "modelRecord":
      return recordOf(body.value);
    case "latencyStatistics":
      return statisticsOf(body.value);
    case "anomaly":
      return anomalyOf(body.value);
    case "targetState":
      return targetStateOf(body.value);
    case "probeReading":
      return readingOf(body.value);
    default:
      return { kind: "unknown" };
  }
}

const beatKinds: Readonly<Record<BeatClass, BeatKind>> = {
  [BeatClass.UNSPECIFIED]: "unclassified",
  [BeatClass.NORMAL]: "normal",
  [BeatClass.VENTRICULAR_LIKE]: "ventricular-like",
  [BeatClass.PAUSED]: "paused",
};

function forecastOf({ target, steps, point, unit, intervals }: ForecastMessage): Forecast {
  return {
    kind: "forecast",
    target,
    steps,
    point,
    unit,
    intervals: intervals.map(({ level, low, high }) => ({ level, low, high })),
  };
}
