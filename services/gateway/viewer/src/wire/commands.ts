/** The JSON half of the protocol: commands to the gateway, and its answers. docs/PROTOCOL.md has the words. */
import { type Millis, millis } from "../time/units";
import { isObject, type Json, listAt, numberAt, textAt, textsAt } from "./json";
import { readStreamInfo, type StreamInfo } from "./streamInfo";

export type EventType = "wave" | "reading" | "finding" | "forecast" | "alert";

/** Logs of events: a gateway that is told the last sequence of each sends those that came after it. */
export type EventLog = "finding" | "forecast" | "alert";

/** The last events that this viewer has. */
export type Sequences = { readonly [log in EventLog]?: number };

/** The first sample that it lacks, of a stream with waves, and the last events. */
export type Place = Sequences | (Sequences & { readonly epoch: number; readonly first: number });

export type Command =
  | {
      readonly cmd: "subscribe";
      readonly id: number;
      readonly streams: readonly string[];
      readonly types?: readonly EventType[];
      /** By stream; the others begin with what is live. Below zero: so many seconds back. */
      readonly from?: Readonly<Record<string, Place>> | number;
    }
  | { readonly cmd: "unsubscribe"; readonly id: number; readonly streams: readonly string[] }
  | { readonly cmd: "status"; readonly id: number }
  | { readonly cmd: "accounts"; readonly id: number }
  | { readonly cmd: "time"; readonly id: number; readonly t0: Millis };

export const encodeCommand = (command: Command): string => JSON.stringify(command);

/** A stream and the number under which its frames come. */
export interface Topic {
  readonly topic: number;
  readonly info: StreamInfo;
}

/** In which form the gateway sends waves to a viewer that keeps up, lags, or lags much. */
export type WaveForm = "full" | "envelope" | "newest";

/** What became of a stream's samples on their way to this viewer: produced = delivered + thinned + dropped. */
export interface StreamAccount {
  readonly topic: number;
  /** Columns of 2^scale samples; 0 for all samples. */
  readonly scale: number;
  readonly produced: number;
  readonly delivered: number;
  readonly thinned: number;
  readonly dropped: number;
}

export type Answer =
  | { readonly type: "hello"; readonly gateway: string }
  | { readonly type: "subscribed"; readonly id: number; readonly streams: readonly Topic[] }
  | { readonly type: "unsubscribed"; readonly id: number; readonly streams: readonly string[] }
  | { readonly type: "time"; readonly id: number; readonly t0: Millis; readonly t1: Millis; readonly t2: Millis }
  | { readonly type: "stream"; readonly stream: Topic }
  | { readonly type: "accounts"; readonly form: WaveForm; readonly streams: readonly StreamAccount[] }
  | { readonly type: "error"; readonly id: number | undefined; readonly code: string; readonly message: string }
  /** From a newer gateway, or no concern of this viewer. */
  | { readonly type: "other" };

export function decodeAnswer(text: string): Answer {
  const message = parse(text);
  if (!message) return { type: "other" };
  const id = numberAt(message, "id");
  switch (message.type) {
    case "hello":
      return { type: "hello", gateway: textAt(message, "gateway") };
    case "subscribed":
      return { type: "subscribed", id, streams: listAt(message, "streams").map(topicOf).filter(isTopic) };
    case "unsubscribed":
      return { type: "unsubscribed", id, streams: textsAt(message, "streams") };
    case "time":
      return { type: "time", id, t0: timeAt(message, "t0"), t1: timeAt(message, "t1"), t2: timeAt(message, "t2") };
    case "stream": {
      const stream = topicOf(message.stream);
      return stream ? { type: "stream", stream } : { type: "other" };
    }
    case "accounts":
      return { type: "accounts", form: formAt(message), streams: listAt(message, "streams").filter(isObject).map(accountOf) };
    case "error": {
      const refused = typeof message.id === "number" ? message.id : undefined;
      return { type: "error", id: refused, code: textAt(message, "code"), message: textAt(message, "message") };
    }
    default:
      return { type: "other" };
  }
}

function parse(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function topicOf(value: unknown): Topic | undefined {
  const info = readStreamInfo(value);
  return info && isObject(value) ? { topic: numberAt(value, "topic"), info } : undefined;
}

const formAt = ({ form }: Json): WaveForm => (form === "envelope" || form === "newest" ? form : "full");

const accountOf = (value: Json): StreamAccount => ({
  topic: numberAt(value, "topic"),
  scale: numberAt(value, "scale"),
  produced: numberAt(value, "produced"),
  delivered: numberAt(value, "delivered"),
  thinned: numberAt(value, "thinned"),
  dropped: numberAt(value, "dropped"),
});

const isTopic = (topic: Topic | undefined): topic is Topic => topic !== undefined;
const timeAt = (message: Json, key: string): Millis => millis(numberAt(message, key));
