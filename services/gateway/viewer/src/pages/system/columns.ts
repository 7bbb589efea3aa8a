/** What is worth a column differs from service to service. */
import type { Replica } from "../../wire/systemState";

export interface Columns {
  readonly partitions: boolean;
  readonly lag: boolean;
  readonly viewers: boolean;
  /** Name of the rate. */
  readonly messages: string;
}

export function columnsOf(service: string, replicas: readonly Replica[]): Columns {
  const partitions = replicas.some((replica) => replica.partitions.length > 0);
  return {
    partitions,
    lag: partitions || replicas.some(({ lagSeconds }) => lagSeconds > 0),
    viewers: service === "gateway" || replicas.some(({ viewers }) => viewers > 0),
    messages: service === "gateway" ? "Deliveries/s" : service === "producer" ? "Frames/s" : "Messages/s",
  };
}

/** Below a tenth of a second nobody is behind. */
export const lagText = (seconds: number): string =>
  seconds < 0.1 ? "none" : seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
