import { type Millis, millis } from "../time/units";
import { isObject, type Json, listAt, numberAt, textAt } from "./json";

/** What one replica of a service says of itself, as the gateway heard it. */
export interface Replica {
  readonly instance: string;
  /** Not heard of for two seconds. */
  readonly isMissed: boolean;
  readonly version: string;
  readonly host: string;
  readonly processId: number;
  /** By its own clock. */
  readonly startedMs: Millis;
  readonly heardMsAgo: number;
  /** That fall to it. */
  readonly partitions: readonly number[];
  /** Of these, the ones that it works on and that have caught up. */
  readonly live: readonly number[];
  readonly lagSeconds: number;
  readonly messages: number;
  readonly messagesPerSecond: number;
  readonly streams: number;
  readonly viewers: number;
}

export interface Service {
  readonly name: string;
  readonly replicas: readonly Replica[];
}

/** The system as one gateway hears of it. */
export interface SystemState {
  /** By the gateway's clock. */
  readonly timeMs: Millis;
  readonly gateway: string;
  readonly natsState: string;
  /** Empty when it is not known. */
  readonly natsVersion: string;
  readonly partitions: number;
  readonly services: readonly Service[];
}

/** Undefined when it is none. */
export function readSystemState(value: unknown): SystemState | undefined {
  if (!isObject(value) || textAt(value, "gateway") === "") return undefined;
  const nats = isObject(value.nats) ? value.nats : {};
  return {
    timeMs: millis(numberAt(value, "time")),
    gateway: textAt(value, "gateway"),
    natsState: textAt(nats, "state", "unknown"),
    natsVersion: textAt(nats, "server"),
    partitions: numberAt(value, "partitions"),
    services: listAt(value, "services").filter(isObject).map(serviceOf),
  };
}

const serviceOf = (value: Json): Service => ({
  name: textAt(value, "service"),
  replicas: listAt(value, "replicas").filter(isObject).map(replicaOf),
});

const replicaOf = (value: Json): Replica => ({
  instance: textAt(value, "instance"),
  isMissed: textAt(value, "life") === "missed",
  version: textAt(value, "version"),
  host: textAt(value, "host"),
  processId: numberAt(value, "processId"),
  startedMs: millis(numberAt(value, "started")),
  heardMsAgo: numberAt(value, "heardMsAgo"),
  partitions: numbersAt(value, "partitions"),
  live: numbersAt(value, "live"),
  lagSeconds: numberAt(value, "lagSeconds"),
  messages: numberAt(value, "messages"),
  messagesPerSecond: numberAt(value, "messagesPerSecond"),
  streams: numberAt(value, "streams"),
  viewers: numberAt(value, "viewers"),
});

const numbersAt = (object: Json, key: string): readonly number[] =>
  listAt(object, key).filter((item): item is number => typeof item === "number" && Number.isInteger(item));
