import { expect, test } from "vitest";
import { millis, type Nanos, nanos } from "../time/units";
import type { SignalEvent } from "../wire/event";
import { LineFindings } from "./lineFindings";

const at = (ms: number): Nanos => nanos(BigInt(ms) * 1_000_000n);

const event = (ms: number, body: SignalEvent["body"]): SignalEvent => ({
  stream: "net.a",
  epoch: 1,
  index: BigInt(ms),
  timeNs: at(ms),
  madeBy: "",
  log: "finding",
  body,
});

const statistics = (ms: number, lost = 0): SignalEvent =>
  event(ms, {
    kind: "latencyStatistics",
    windows: [{ seconds: 10, readings: 20, lost, p50Ms: 9, p95Ms: 12, maxMs: 15, jitterMs: 1, mos: 4, quality: "great" }],
  });

const anomaly = (startMs: number, endMs?: number, metric = "rtt_ms"): SignalEvent =>
  event(endMs ?? startMs, {
    kind: "anomaly",
    metric,
    form: "spike",
    startMs: millis(startMs),
    endMs: endMs === undefined ? undefined : millis(endMs),
    reason: "",
  });

test("statistics become points of the trend, repeats do not", () => {
  const line = new LineFindings();
  for (const ms of [1_000, 2_000, 2_000, 1_000, 3_000]) line.accept(statistics(ms, 5));
  expect(line.since(0).map(({ timeMs }) => timeMs)).toEqual([1_000, 2_000, 3_000]);
  expect(line.since(2_000)).toHaveLength(2);
  expect(line.newest).toMatchObject({ p50Ms: 9, p95Ms: 12, loss: 0.25 });
});

test("of the trend the last hour is kept", () => {
  const line = new LineFindings();
  for (let s = 1; s <= 4_000; s++) line.accept(statistics(s * 1_000));
  const kept = line.since(0);
  expect([kept.length, kept[0]?.timeMs, kept.at(-1)?.timeMs]).toEqual([3_600, 401_000, 4_000_000]);
});

test("an anomaly that is over takes the place of its beginning, and does not begin again", () => {
  const line = new LineFindings();
  line.accept(anomaly(1_000));
  line.accept(anomaly(1_000, undefined, "loss"));
  line.accept(anomaly(1_000, 4_000));
  line.accept(anomaly(1_000));
  expect(line.anomalies.value.map(({ metric, endMs }) => [metric, endMs])).toEqual([
    ["loss", undefined],
    ["rtt_ms", 4_000],
  ]);
});

test("an older state does not take the place of a newer one", () => {
  const line = new LineFindings();
  const state = (condition: "up" | "down", sinceMs: number) =>
    event(sinceMs, { kind: "targetState", condition, sinceMs: millis(sinceMs), reason: "" });
  line.accept(state("down", 5_000));
  line.accept(state("up", 4_000));
  expect(line.state.value?.condition).toBe("down");
});
