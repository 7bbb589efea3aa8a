import { expect, test } from "vitest";
import { millis, type Nanos, nanos } from "../time/units";
import type { SignalEvent } from "../wire/event";
import type { Condition } from "../wire/latency";
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

const statistics = (ms: number, lost = 0, condition: Condition = "unknown", sinceMs = 0): SignalEvent =>
  event(ms, {
    kind: "latencyStatistics",
    condition,
    sinceMs: millis(sinceMs),
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

const reading = (ms: number, rttMs: number | undefined): SignalEvent => event(ms, { kind: "probeReading", rttMs, intervalMs: 500 });

const forecast = (ms: number, steps: number): SignalEvent =>
  event(ms, { kind: "forecast", target: "rtt_ms", steps, point: 10 + steps, unit: "ms", intervals: [] });

test("the newest statistics are shown, older ones and repeats are not", () => {
  const line = new LineFindings();
  line.accept(statistics(2_000, 5));
  line.accept(statistics(1_000, 7));
  line.accept(statistics(2_000, 8));
  expect(line.statistics.value?.windows[0]?.lost).toBe(5);
});

test("statistics tell the state to who has not heard it change, and nothing newer is lost to them", () => {
  const line = new LineFindings();
  line.accept(statistics(1_000));
  expect(line.state.value).toBeUndefined();
  line.accept(statistics(2_000, 0, "up", 500));
  expect(line.state.value).toMatchObject({ condition: "up", sinceMs: 500 });
  line.accept(event(3_000, { kind: "targetState", condition: "down", sinceMs: millis(3_000), reason: "lost" }));
  line.accept(statistics(4_000, 0, "up", 500));
  expect(line.state.value).toMatchObject({ condition: "down", reason: "lost" });
});

test("readings are handed on once, lost ones too", () => {
  const line = new LineFindings();
  for (const [ms, rtt] of [[1_000, 9], [1_500, undefined], [1_500, 9], [1_000, 9], [2_000, 11]] as const) line.accept(reading(ms, rtt));
  expect(line.behind(0)).toEqual([{ timeMs: 1_000, rttMs: 9 }, { timeMs: 1_500, rttMs: undefined }, { timeMs: 2_000, rttMs: 11 }]);
  expect(line.behind(2)).toHaveLength(1);
  expect([line.answerAt(2_000), line.answerAt(1_500), line.answerAt(1_700)]).toEqual([11, undefined, undefined]);
});

test("who has not looked for too long is told that readings are gone", () => {
  const line = new LineFindings();
  for (let i = 1; i <= 1_300; i++) line.accept(reading(i * 500, 9));
  expect(line.behind(99)).toBeUndefined();
  expect(line.behind(100)).toHaveLength(1_200);
});

test("the outlook has every step of the newest reading", () => {
  const line = new LineFindings();
  for (const [ms, steps] of [[1_000, 1], [1_000, 3], [2_000, 3], [2_000, 1], [1_000, 6], [2_000, 12]] as const) line.accept(forecast(ms, steps));
  expect([line.outlook?.timeMs, line.outlook?.ahead.map(({ steps }) => steps)]).toEqual([2_000, [1, 3, 12]]);
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
