import { create, toBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { decodeEvent } from "./event";
import { EventSchema } from "./gen/signalstream/v1/events_pb";

const decode = (init: Parameters<typeof create<typeof EventSchema>>[1]) =>
  decodeEvent(toBinary(EventSchema, create(EventSchema, init)));

test("decodeEvent of latency statistics gives the windows, short to long", () => {
  const window = { seconds: 10, readings: 20, lost: 5, p50Ms: 21, p95Ms: 30, maxMs: 42, jitterMs: 0.5, mos: 4.25 };
  const event = decode({ body: { case: "latencyStatistics", value: { windows: [{ ...window, class: 2 }, { seconds: 60 }], condition: 2, conditionSinceNs: 4_000_000n } } });
  expect(event.log).toBe("finding");
  if (event.body.kind !== "latencyStatistics") throw new Error(event.body.kind);
  expect(event.body.windows[0]).toEqual({ ...window, quality: "good" });
  expect(event.body).toMatchObject({ condition: "degraded", sinceMs: 4 });
  expect(event.body.windows[1]).toMatchObject({ seconds: 60, quality: "unknown" });
});

test("decodeEvent of an anomaly has no end while it lasts", () => {
  const value = { metric: "rtt_ms", kind: "level", startNs: 2_000_000n, reason: "above the usual" };
  const lasting = decode({ body: { case: "anomaly", value } });
  expect(lasting.body).toEqual({ kind: "anomaly", metric: "rtt_ms", form: "level", startMs: 2, endMs: undefined, reason: "above the usual" });
  expect(decode({ body: { case: "anomaly", value: { ...value, endNs: 3_000_000n } } }).body).toMatchObject({ endMs: 3 });
});

test("decodeEvent of a target's state gives the condition and its reason", () => {
  const value = { condition: 3, before: 1, sinceNs: 5_000_000n, reason: "connection lost" };
  expect(decode({ body: { case: "targetState", value } }).body).toEqual({
    kind: "targetState",
    condition: "down",
    sinceMs: 5,
    reason: "connection lost",
  });
});
