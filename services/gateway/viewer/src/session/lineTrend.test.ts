import { expect, test } from "vitest";
import { millis } from "../time/units";
import { LineTrend, quantileOf } from "./lineTrend";
import { type TrendColumn, trendOf } from "./trends";

const column = (timeMs: number, readings: number): TrendColumn => ({ timeMs, readings, lost: 0, quantiles: [1, 1, 1, 1, 1, 1, 1, 1] });
const history = (...columns: TrendColumn[]) => ({ logSinceMs: 0, columns, anomalies: [] });

test("live readings fill columns on the clock's grid", () => {
  const trend = new LineTrend(60_000, 1_000);
  for (const [ms, rttMs] of [[10_100, 9], [10_600, undefined], [10_900, 11], [12_000, 5]] as const) trend.add({ timeMs: millis(ms), rttMs });
  expect(trend.columns.map(({ timeMs, readings, lost }) => [timeMs, readings, lost])).toEqual([
    [10_000, 3, 1],
    [12_000, 1, 0],
  ]);
  expect(trend.columns[0]?.quantiles?.map((ms) => Number(ms.toFixed(2)))).toEqual([9, 9.2, 9.5, 10, 10.5, 10.8, 10.9, 11]);
});

test("the log's columns go before the live ones, and into the one that was begun in the middle", () => {
  const trend = new LineTrend(60_000, 1_000);
  trend.add({ timeMs: millis(12_700), rttMs: 5 });
  trend.accept(history(column(10_000, 2), column(11_000, 2), column(12_000, 2)));
  expect(trend.columns.map(({ timeMs, readings }) => [timeMs, readings])).toEqual([[10_000, 2], [11_000, 2], [12_000, 2]]);
  trend.accept(history(column(11_000, 1)));
  expect(trend.columns[1]?.readings).toBe(2);
});

test("the last known reading, told again, does not empty its column", () => {
  const trend = new LineTrend(60_000, 1_000);
  trend.accept(history(column(10_000, 2), column(11_000, 2)));
  trend.add({ timeMs: millis(11_500), rttMs: 5 });
  expect(trend.columns.map(({ readings }) => readings)).toEqual([2, 2]);
});

test("what no longer shows is let go", () => {
  const trend = new LineTrend(10_000, 1_000);
  for (let s = 0; s < 100; s++) trend.add({ timeMs: millis(s * 1_000), rttMs: 1 });
  expect(trend.columns[0]?.timeMs).toBe(87_000);
});

test("an anomaly is known as it was told last", () => {
  const trend = new LineTrend(10_000, 1_000);
  const begun = { metric: "rtt_ms", form: "level", startMs: 1, endMs: undefined, reason: "" };
  trend.accept({ ...history(), anomalies: [begun] });
  trend.accept({ ...history(), anomalies: [{ ...begun, endMs: 5 }] });
  expect(trend.anomalies.map(({ endMs }) => endMs)).toEqual([5]);
});

test("quantiles lie between neighbours", () => {
  expect([0, 0.25, 0.5, 1].map((share) => quantileOf([1, 2, 3, 5], share))).toEqual([1, 1.75, 2.5, 5]);
  expect(quantileOf([7], 0.95)).toBe(7);
});

test("the gateway's answer is read, with nothing where nothing was answered", () => {
  const columns = ["time", "readings", "lost", "min", "p10", "p25", "p50", "p75", "p90", "p95", "max"];
  const rows = [
    [1_000, 2, 0, 1, 2, 3, 4, 5, 6, 7, 8],
    [2_000, 2, 2, null, null, null, null, null, null, null, null],
  ];
  const anomalies = [{ metric: "rtt_ms", form: "spike", start: 5, end: null, reason: "why" }];
  expect(trendOf({ columns, rows, anomalies, logSince: 17 })).toEqual({
    logSinceMs: 17,
    columns: [
      { timeMs: 1_000, readings: 2, lost: 0, quantiles: [1, 2, 3, 4, 5, 6, 7, 8] },
      { timeMs: 2_000, readings: 2, lost: 2, quantiles: undefined },
    ],
    anomalies: [{ metric: "rtt_ms", form: "spike", startMs: 5, endMs: undefined, reason: "why" }],
  });
  expect(() => trendOf({ columns: ["time"], rows: [] })).toThrow("columns are time");
});
