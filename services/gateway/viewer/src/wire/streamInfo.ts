import { type Millis, millis } from "../time/units";
import { isObject, type Json, listAt, numberAt, textAt } from "./json";

export interface Channel {
  readonly name: string;
  /** Expected range in the stream's unit; both 0 when it is not known. */
  readonly minimum: number;
  readonly maximum: number;
}

export type LifeKind = "live" | "silent" | "ended";

/** What the catalog says of a stream. */
export interface StreamInfo {
  readonly stream: string;
  readonly label: string;
  readonly unit: string;
  readonly rateHz: number;
  readonly channels: readonly Channel[];
  readonly source: string;
  readonly region: string;
  readonly simulated: boolean;
  /** Replay factor; unless it is 1, event time leaves the wall clock. */
  readonly speed: number;
  readonly life: LifeKind;
  /** By the gateway's clock. */
  readonly lifeSinceMs: Millis;
}

/** Undefined when it names no stream. */
export function readStreamInfo(value: unknown): StreamInfo | undefined {
  if (!isObject(value)) return undefined;
  const stream = textAt(value, "stream");
  if (stream === "") return undefined;
  return {
    stream,
    label: textAt(value, "label") || stream,
    unit: textAt(value, "unit"),
    rateHz: numberAt(value, "rateHz"),
    channels: listAt(value, "channels").filter(isObject).map(channelOf),
    source: textAt(value, "source"),
    region: textAt(value, "region"),
    simulated: value.simulated === true,
    speed: numberAt(value, "speed", 1) || 1,
    life: lifeOf(value),
    lifeSinceMs: millis(numberAt(value, "lifeSince")),
  };
}

/** The kind is what a stream's name begins with: `ecg` of `ecg.bed-1`. */
export const kindOf = (stream: string): string => stream.slice(0, stream.indexOf("."));

const channelOf = (value: Json): Channel => ({
  name: textAt(value, "name"),
  minimum: numberAt(value, "minimum"),
  maximum: numberAt(value, "maximum"),
});

function lifeOf(value: Json): LifeKind {
  const life = textAt(value, "life");
  return life === "silent" || life === "ended" ? life : "live";
}
